"""`check` verifies references between journals; `repair` records lost rows."""

import json
from pathlib import Path

import pytest
from burnbook.book import codec
from burnbook.meters.deltas import NEGATIVE_DELTA
from burnbook.rows.meters import Anomaly
from burnbook.rows.work import Checkpoint
from conftest import Shell, codex
from test_check import check_findings

DAY = "2026-11-22T"
BLOCKS = '{"blocks": [{"isGap": false, "entries": %d}]}'
LOST = "s-0123456789abcdef01"


@pytest.fixture
def named(shell: Shell) -> Shell:
    """A book in which a closing and counts of prompts name snapshots."""
    shell.ok("snapshot", "start", "glm", "--at", DAY + "09:00", stdin=BLOCKS % 3)
    shell.ok("snapshot", "start", "codex", "--at", DAY + "09:01", stdin=codex())
    shell.ok("snapshot", "end", "codex", "--at", DAY + "12:00", stdin=codex(51))
    shell.ok("finalize", "--window", "W0-CHN", "--at", DAY + "12:01")
    return shell


def drop(path: Path, text: bytes) -> None:
    """Take the lines with a text out of a journal, as an editor would."""
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(line for line in lines if text not in line))


def references(shell: Shell, code: int) -> list[tuple[str, int, str]]:
    """The findings about references: faults, or notes with code 0."""
    return [
        (finding["file"], finding["line"], finding["reason"])
        for finding in check_findings(shell, code)
        if finding["kind"] == "reference"
    ]


def test_a_missing_snapshot_is_reported_for_every_reference(named: Shell) -> None:
    glm, began, _ = (row["id"] for row in named.rows("snapshots"))
    drop(named.book / "snapshots.jsonl", f'"id":"{glm}"'.encode())
    drop(named.book / "snapshots.jsonl", f'"id":"{began}"'.encode())
    named.run("repair")
    message = "names {}, which is not in snapshots.jsonl"
    wanted = [
        ("windows.jsonl", 1, message.format(began)),
        ("windows.jsonl", 1, message.format(glm)),
        ("prompts.jsonl", 1, message.format(glm)),
    ]
    assert references(named, 1) == wanted
    assert named.run("repair").returncode == 1
    output = named.ok("repair", "--yes")
    assert f"prompts.jsonl: noted in the quarantine that {glm} is lost" in output
    notes = [(file, line, f"{why}; the quarantine names it") for file, line, why in wanted]
    assert references(named, 0) == notes


def test_a_snapshot_in_the_quarantine_is_known_to_be_lost(named: Shell) -> None:
    path = named.book / "snapshots.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"used_percent":11.0', b'"used_percent":12.0'))
    assert references(named, 1) == []  # the journal is damaged, so references to it are not checked
    named.ok("repair", "--yes")
    [(file, line, why)] = references(named, 0)
    assert (file, line) == ("windows.jsonl", 1)
    assert why.endswith("; the quarantine names it")


@pytest.mark.parametrize("name", ["anomalies", "checkpoints"])
def test_a_reference_to_a_row_that_never_existed(named: Shell, name: str) -> None:
    values = {"kind": NEGATIVE_DELTA, "subject": "codex 5h", "first": 9, "second": 1}
    rows = {
        "anomalies": lambda: codec.make(
            Anomaly, window="W0-CHN", first_from=LOST, second_from=None, detail="", **values
        ),
        "checkpoints": lambda: codec.make(
            Checkpoint,
            window="W0-CHN",
            phase="mid",
            taken_at=codec.clock.now(),
            tokens_planned=1,
            churn=LOST,
            **dict.fromkeys(("provider", "task", "tokens_actual", "actual_from", "decision")),
        ),
    }
    with (named.book / f"{name}.jsonl").open("ab") as journal:
        journal.write(codec.encode(rows[name]()))
    (named.book / f"{name}.jsonl").chmod(0o600)
    target = "snapshots" if name == "anomalies" else "churn"
    message = f"names {LOST}, which is not in {target}.jsonl"
    assert references(named, 1) == [(f"{name}.jsonl", 1, message)]
    named.ok("repair", "--yes")
    assert references(named, 0) == [(f"{name}.jsonl", 1, f"{message}; the quarantine names it")]


def test_the_first_row_of_a_request_has_to_be_there(shell: Shell) -> None:
    root = Path(__file__).parent.parent / "samples" / "agents"
    for name in ("claude.jsonl", "claude-later.jsonl"):
        shell.ok("ingest", "claude", "--file", str(root / name))
    path = shell.book / "agent_usage.jsonl"
    later = [row for row in shell.rows("agent_usage") if row.get("first")]
    assert later
    # A row in between, which the later one supersedes, but not the first one of the request.
    between = {**later[0], "id": "u-00000000000000aa", "supersedes": later[0]["first"]}
    last = {**later[0], "id": "u-00000000000000bb", "supersedes": between["id"]}
    drop(path, f'"id":"{later[0]["first"]}"'.encode())
    drop(path, f'"id":"{later[0]["id"]}"'.encode())
    with path.open("ab") as journal:
        for row in ({**between, "supersedes": None, "first": None}, last):
            kept = {k: v for k, v in row.items() if v is not None and k != "crc"}
            body = json.dumps(kept, separators=(",", ":")).encode()[:-1]
            journal.write(b'%b,"crc":"%08x"}\n' % (body, codec.zlib.crc32(body)))
    [(file, _, why)] = references(shell, 1)
    assert file == path.name
    assert why == f"refers to {later[0]['first']}, which does not precede it"


def test_a_pane_of_no_snapshot_is_a_note(named: Shell) -> None:
    raw = named.book / "raw" / f"{LOST}.txt"
    raw.write_text("")
    raw.chmod(0o600)
    assert [(finding["kind"], finding["file"]) for finding in check_findings(named, 0)] == [
        ("pane", f"raw/{LOST}.txt")
    ]
    for path in raw.parent.iterdir():
        path.unlink()  # a person may: nothing is missed
    assert check_findings(named, 0) == []
