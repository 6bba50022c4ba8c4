"""Proofs: signed files about a window, which anyone can verify without the book."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from random import Random
from typing import Any

import chains
import killing
import pytest
from burnbook import extras
from burnbook.base.errors import BadConfig, BadData
from burnbook.check.chains.verify import check_chains
from conftest import Shell
from frontdoor import ROOT
from inside import Inside
from killing import Stage
from manual import FENCE
from torture.figures import long

extras.use("proof", "proof")

from burnbook.proof import keys  # noqa: E402
from burnbook.proof.verify import verify  # noqa: E402

AT = "2026-11-22T10:0"
PANE = b"5h limit: 72% left (resets 13:10)\n"
USAGE = (ROOT / "samples" / "telemetry" / "usage.jsonl").read_bytes()


@pytest.fixture
def inside(tmp_path: Path) -> Inside:
    """A scratch book whose scripts run in this process."""
    return Inside(tmp_path)


@pytest.fixture
def book(inside: Inside) -> Inside:
    """A book with rows of two windows."""
    for window, minute in (("W1", 0), ("W2", 2)):
        for phase, at in (("start", minute), ("end", minute + 1)):
            words = ("snapshot", phase, "codex", "--window", window, "--at", f"{AT}{at}")
            assert inside.run(*words, "--notes", "in /home/victor/secret", stdin=PANE).code == 0
    words = ("ingest", "proxy-telemetry", "--window", "W1")
    assert inside.run(*words, stdin=USAGE).code == 0
    return inside


def proof(book: Inside, *words: str) -> Path:
    """A proof of W1."""
    path = book.folder / f"proof{len(list(book.folder.glob('proof*')))}.json"
    done = book.run("proof", "W1", "--key", str(book.folder / "key"), "--out", str(path), *words)
    assert done.code == 0, done
    return path


def test_a_proof_is_valid_without_the_book(book: Inside) -> None:
    path = proof(book)
    shutil.rmtree(book.book)
    done = book.run("proof", "verify", str(path))
    assert done.code == 0 and done.out.startswith(f"valid: {path}, a proof of W1\n"), done
    verdict = verify(str(path))
    assert verdict.problems == [] and verdict.shown >= 2
    assert (book.folder / "key").stat().st_mode & 0o777 == path.stat().st_mode & 0o777 == 0o600
    figures = verdict.proof.figures
    assert (figures["window"], figures["used"]["source"]) == ("W1", "feeds")


def test_the_rows_lead_to_the_heads_of_the_book(book: Inside) -> None:
    signed = verify(str(proof(book))).proof
    by_name = {journal.journal: journal for journal in signed.journals}
    assert {"snapshots", "proxy_telemetry"} <= by_name.keys()
    for name, journal in by_name.items():
        report = check_chains(str(book.book), name)
        assert {chain.head for chain in journal.chains} == {head.hash for head in report.heads}
    [chain] = by_name["snapshots"].chains
    assert len(chain.links) == 4, "from the first row of W1 to the last of W2"
    shown = [bool(leaf.rows) for link in chain.links for leaf in link.leaves]
    assert shown == [True, True, False, False], "rows of other windows are given by hash"


def changes(random: Random, data: Any, count: int) -> list[bytes]:
    """The document with one random edit each."""
    results = []
    for _ in range(count):
        copy = json.loads(data)
        containers = list(walk(copy))
        holder = random.choice([c for c in containers if c])
        key = random.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        value = holder[key]
        if random.random() < 0.3:
            del holder[key]
        elif isinstance(holder, list) and len(holder) > 1 and random.random() < 0.5:
            other = random.randrange(len(holder))
            holder[key], holder[other] = holder[other], holder[key]
        elif isinstance(value, str) and value:
            at = random.randrange(len(value))
            holder[key] = value[:at] + ("0" if value[at] != "0" else "1") + value[at + 1 :]
        elif isinstance(value, bool):
            holder[key] = not value
        elif isinstance(value, int | float):
            holder[key] = value + 1
        else:
            holder[key] = None
        if copy != json.loads(data):
            results.append(json.dumps(copy, separators=(",", ":"), ensure_ascii=False).encode())
    return results


def walk(value: Any) -> Any:
    """Every object and list in a document."""
    if isinstance(value, dict | list):
        yield value
        for item in value.values() if isinstance(value, dict) else value:
            yield from walk(item)


@pytest.mark.parametrize("words", [(), ("--redact",)], ids=["whole", "redacted"])
def test_every_edit_of_a_proof_is_found(book: Inside, words: tuple[str, ...]) -> None:
    path = proof(book, *words)
    data = path.read_bytes()
    edited = book.folder / "edited.json"
    missed = []
    for change in changes(Random(3), data, 300):
        edited.write_bytes(change + b"\n")
        try:
            if not verify(str(edited)).problems:
                missed.append(change)
        except BadData:
            continue
    assert missed == []


def resigned(book: Inside, path: Path, change: Any) -> list[str]:
    """The problems of a proof whose content is changed and signed again, by whoever has the key."""
    import msgspec
    from burnbook.proof import create
    from burnbook.proof.document import Envelope, Proof

    envelope = msgspec.json.decode(path.read_bytes(), type=Envelope)
    content = json.loads(bytes(envelope.proof))
    change(next(j for j in content["journals"] if j["journal"] == "snapshots")["chains"][0])
    proof = msgspec.json.decode(json.dumps(content), type=Proof)
    data, _ = create.signed(proof, keys.private_key(str(book.folder / "key")))
    path.write_bytes(data)
    return verify(str(path)).problems


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda chain: chain["links"].pop(), "the last link is not the head"),
        (lambda chain: chain["links"].pop(1), "link 2 does not follow the one before it"),
        (lambda chain: chain["links"].reverse(), "link 2 does not follow the one before it"),
        (
            lambda chain: chain["links"][0]["leaves"][0].update(
                rows=[chain["links"][0]["leaves"][0]["rows"][0].replace("28.0", "29.0")]
            ),
            "the rows of link 1 do not match its hash",
        ),
        (lambda chain: chain["links"][3]["leaves"].clear(), "the rows of link 4 do not match"),
    ],
    ids=["cut", "deleted", "reordered", "changed", "emptied"],
)
def test_the_signer_cannot_change_rows_either(book: Inside, change: Any, problem: str) -> None:
    assert any(problem in text for text in resigned(book, proof(book), change))


def test_a_redacted_proof_identifies_nobody_and_is_valid(book: Inside) -> None:
    path = proof(book, "--redact")
    text = path.read_text()
    for word in ("secret", "/home", "victor", "notes", "req_"):
        assert word not in text
    verdict = verify(str(path))
    assert (verdict.problems, verdict.shown, verdict.stated) == ([], 0, 2)
    assert '"used_percent":28.0' in text


def test_a_book_that_was_changed_or_cut_no_longer_matches(book: Inside) -> None:
    path = proof(book)
    words = ("proof", "verify", str(path), "--data-dir", str(book.book))
    assert book.run(*words).code == 0
    words_of_row = ("snapshot", "start", "codex", "--window", "W3", "--at", f"{AT}5")
    assert book.run(*words_of_row, stdin=PANE).code == 0
    assert book.run(*words).code == 0, "newer rows extend the chains"
    snapshots = book.book / "snapshots.jsonl"
    lines = snapshots.read_bytes().splitlines(keepends=True)
    snapshots.write_bytes(b"".join(lines[:3]))
    done = book.run(*words)
    assert done.code == 1
    assert "snapshots.jsonl does not have the newest link of host" in done.out
    lines[1] = chains.sealed(lines[1].replace(b'"used_percent":28.0', b'"used_percent":29.0'))
    snapshots.write_bytes(b"".join(lines))
    done = book.run(*words)
    assert done.code == 1 and "do not match their chain; run check" in done.out
    assert book.run("proof", "W1", "--out", str(book.folder / "x")).code == 65


def test_after_a_merge_the_proof_still_matches(book: Inside) -> None:
    path = proof(book)
    other = book.folder / "other"
    other.mkdir()
    for n in range(3):
        chains.append(other, "desktop", f"a{n}", f"b{n}")
    rows = (other / "anomalies.jsonl").read_bytes()
    (book.book / "anomalies.jsonl").write_bytes(rows)
    words = ("proof", "verify", str(path), "--data-dir", str(book.book))
    assert book.run(*words).code == 0
    second = verify(str(proof(book)))
    assert second.problems == []
    heads = {chain.host for j in second.proof.journals for chain in j.chains}
    assert "desktop" in heads


def test_the_key_is_compared(book: Inside) -> None:
    path = proof(book)
    public = verify(str(path)).public_key
    saved = book.folder / "public"
    saved.write_text(f"{public}\n")
    for key in (public, keys.fingerprint(public), str(saved)):
        assert book.run("proof", "verify", str(path), "--key", key).code == 0, key
    for key in ("0" * 64, "SHA256:" + "0" * 32):
        done = book.run("proof", "verify", str(path), "--key", key)
        assert done.code == 1 and "another key signed it" in done.out
    assert book.run("proof", "verify", str(path), "--key", "nothing").code == 66


def test_a_key_that_others_may_read_is_refused(book: Inside) -> None:
    proof(book)
    key = book.folder / "key"
    key.chmod(0o644)
    with pytest.raises(BadConfig, match="others may read the key"):
        keys.private_key(str(key))
    key.chmod(0o600)
    key.write_text("no key\n")
    with pytest.raises(BadConfig, match="is not a key of `proof`"):
        keys.private_key(str(key))


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"\0\1", b"{}", b"[" * 100_000, b'{"proof":{},"public_key":"","signature":""}'),
        b'{"proof":{"format":2},"public_key":"%b","signature":"%b"}' % (b"0" * 64, b"0" * 128),
        b'{"proof":1e999,"public_key":"%b","signature":"%b"}' % (b"f" * 64, b"0" * 128),
    ],
)
def test_files_that_are_no_proof_are_named_in_one_sentence(inside: Inside, data: bytes) -> None:
    path = inside.folder / "file"
    path.write_bytes(data)
    done = inside.run("proof", "verify", str(path))
    assert done.code == 65 and "is no proof" in done.err and done.err.count("\n") <= 2, done


def test_paths_that_cannot_be_used_are_named(book: Inside) -> None:
    fifo = book.folder / "fifo"
    os.mkfifo(fifo)
    assert book.run("proof", "verify", str(book.folder / "missing")).code == 66
    assert book.run("proof", "verify", str(book.folder)).code == 66
    assert book.run("proof", "W1", "--out", str(book.folder)).code == 2
    assert book.run("proof", "W1", "--key", str(fifo)).code == 74
    assert book.run("proof", "W9").code == 66
    assert book.run("proof", "W1", "more").code == 2
    path = proof(book)
    done = book.run("proof", "W1", "--out", str(path))
    assert done.code == 2 and "--force" in done.err
    assert book.run("proof", "W1", "--out", str(path), "--force").code == 0


def test_other_tools_verify_a_proof_as_documented(book: Inside) -> None:
    page = (ROOT / "docs" / "proof.md").read_text("utf-8")
    [snippet] = [body for _, language, _, body in FENCE.findall(page) if language == "python"]
    python = ROOT / ".venv" / "proof" / "bin" / "python"
    for words in ((), ("--redact",)):
        path = proof(book, *words)
        command = [python, "-c", snippet, path]
        assert subprocess.run(command, capture_output=True).stdout == b"valid\n"
        path.write_bytes(path.read_bytes().replace(b'"rows":1', b'"rows":2', 1))
        assert subprocess.run(command, capture_output=True).returncode == 1


def booked(folder: Path) -> None:
    """A book with a snapshot of W1."""
    shell = Shell(folder)
    shell.ok("snapshot", "start", "codex", "--window", "W1", "--at", f"{AT}0", stdin=PANE.decode())


def answer(folder: Path) -> Any:
    """Whether the proof is valid, and which files are left."""
    verdict = verify(str(folder / "proof.json"))
    modes = [(folder / name).stat().st_mode & 0o777 for name in ("proof.json", "key")]
    left = sorted(path.name for path in folder.glob(".*.tmp"))
    return verdict.problems, verdict.shown, modes, left


@pytest.mark.skipif(killing.missing() is not None, reason=str(killing.missing()))
def test_a_proof_killed_anywhere_is_written_by_the_next(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "place", booked)
    env = Shell(stage.folder, is_new=False).environment
    out, key = stage.folder / "proof.json", stage.folder / "key"
    line = [str(ROOT / "bin" / "proof"), "W1", "--force", "--out", str(out), "--key", str(key)]
    points = [call for call in killing.calls(stage, line, env) if call.call in killing.CHANGES]
    assert answer(stage.folder) == ([], 1, [0o600, 0o600], [])
    wrong = [
        report.point
        for report in killing.kill(stage, line, env, answer, killing.spread(points, long(4, 200)))
        if report.facts != ([], 1, [0o600, 0o600], [])
    ]
    assert wrong == []
