"""Links, FIFOs, folders and files of other users at the paths that commands read or write.

None is followed, none is waited for, and the target of a link is unchanged.
"""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import codex
from frontdoor import ROOT
from inside import Done, Inside, is_sentence
from torture.both import both
from torture.figures import record

AT = ("--at", "2026-11-22T10:00:00Z")
LATER = ("--at", "2026-11-22T12:00:00Z")
START = ("snapshot", "start", "codex", "--window", "W0-CHN", *AT)
END = ("snapshot", "end", "codex", "--window", "W0-CHN", *LATER)
CHECKPOINT = ("checkpoint", "W0-CHN", "--plan", "5", *LATER)
FINALIZE = ("finalize", "--window", "W0-CHN", *LATER)
INGEST = ("ingest", "proxy-telemetry", "--window", "W0-CHN")
EVIDENCE = (
    *("evidence", "--window", "W0-CHN", "--capability", "C1", "--run", "R1", "--runner", "x"),
    *("--result", "pass", "--artifact", "report.txt", *LATER),
)
READ = ("preview", "--window", "W0-CHN", *LATER)
LINES = (ROOT / "samples" / "telemetry" / "usage.jsonl").read_bytes() + b"not json\n"
# Each place, and the commands that come by it: a reader gives no reason to be believed.
Commands = tuple[tuple[str, ...], ...]
PLACES: list[tuple[str, Commands]] = [
    ("book/.lock", (END,)),
    ("book/snapshots.jsonl", (END, READ)),
    ("book/windows.jsonl", (FINALIZE, READ)),
    ("book/anomalies.jsonl", (END, READ)),
    ("book/checkpoints.jsonl", (CHECKPOINT,)),
    ("book/evidence.jsonl", (EVIDENCE,)),
    ("book/proxy_telemetry.jsonl", (INGEST, READ)),
    ("book/rejects/proxy-telemetry.jsonl", (INGEST,)),
    ("book/state/main/codex.json", (END,)),
    ("book/cache/book.sqlite", (END, READ)),
    ("book/cache/book.sqlite", (INGEST, READ)),
    ("book/state", (END,)),
    ("book/raw", (END,)),
    ("book/cache", (END, INGEST)),
    ("book/rejects", (INGEST,)),
    ("docs/Ledgers/Token_Churn_Ledger.csv", (CHECKPOINT,)),
    ("docs/Ledgers/Acceptance_Evidence.csv", (EVIDENCE,)),
    ("docs/HANDOFF.md", (CHECKPOINT,)),
    ("docs/bundles/W0-CHN", (("bundle", "W0-CHN", *LATER),)),
    ("docs/bundles/.W0-CHN.new", (("bundle", "W0-CHN", *LATER),)),
    ("here/report.txt", (EVIDENCE,)),
    ("config/windows.toml", (READ,)),
    ("config/preview.toml", (READ,)),
    ("config/feeds/proxy-telemetry.toml", (INGEST,)),
    ("home/.claude/projects/p/s.jsonl", (("ingest", "claude"),)),
]
KINDS = ("link to a file", "link to a folder", "dangling link", "fifo", "folder", "device")


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Fail where something waits for longer."""

    def stop(*_: object) -> None:
        raise AssertionError(f"it waits for more than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def run(inside: Inside, words: tuple[str, ...]) -> Done:
    pane = words[0] == "snapshot"
    stdin = codex().encode() if pane else LINES if words == INGEST else b""
    with within(20):
        return inside.run(*words, stdin=stdin)


def plant(path: Path, kind: str, elsewhere: Path) -> None:
    """Put something of this kind in a place."""
    (elsewhere / "folder").mkdir(parents=True)
    (elsewhere / "file").write_text("precious\n")
    (elsewhere / "folder" / "file").write_text("precious\n")
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        names = {"link to a file": "file", "link to a folder": "folder"}
        path.symlink_to(elsewhere / names.get(kind, "nothing"))


def planted(inside: Inside, path: str, kind: str, commands: Commands) -> Iterator[str]:
    """Plant something at a path, run the commands that use it, and yield faults."""
    (inside.folder / "here" / "report.txt").write_text("x")
    for words in (START, INGEST):
        assert run(inside, words).code == 0
    elsewhere = inside.folder.parent / f"{inside.folder.name}.elsewhere"
    plant(inside.folder / path, kind, elsewhere)
    for words in commands:
        done = run(inside, words)
        if not (done.code == 0 or is_sentence(words[0], done) or done.code in (65, 66, 74)):
            yield f"{done}"
    left = {
        str(p.relative_to(elsewhere)): p.read_bytes() for p in elsewhere.rglob("*") if p.is_file()
    }
    if left != {"file": b"precious\n", "folder/file": b"precious\n"}:
        yield f"it was written to: {left}"
    if sorted(os.listdir(elsewhere)) != ["file", "folder"]:
        yield f"something was made there: {os.listdir(elsewhere)}"


def test_planted_files_are_neither_followed_nor_waited_for(tmp_path: Path) -> None:
    cases = [(name, commands, kind) for name, commands in PLACES for kind in KINDS]

    def run_one(at: int) -> list[str]:
        path, commands, kind = cases[at]
        wrong = planted(Inside(tmp_path / f"{at}"), path, kind, commands)
        return [f"{kind} in the place of {path}: {why}" for why in wrong]

    wrong = [why for faults in both(run_one, len(cases)) for why in faults]
    print(*wrong, sep="\n")
    record(
        "Links, FIFOs, folders and devices in a file's place are not followed and not waited for",
        "test_planted_files_are_neither_followed_nor_waited_for",
        f"{len(wrong)} wrong in {len(cases)} cases: {len(KINDS)} kinds in {len(PLACES)} places",
        "0 wrong",
        not wrong,
    )


ids = [
    "../x",
    "a/b",
    "..",
    ".",
    "",
    "-x",
    ".x",
    "a\n",
    "a\0b",
    "é",
    "a" * 65,
    "a b",
    "$(id)",
    "~",
    "C:x",
]


def test_an_id_is_a_name_and_no_path(tmp_path: Path) -> None:
    inside = Inside(tmp_path / "x")
    lines = [(words, inside.run(*words)) for bad in ids for words in with_id(bad)]
    wrong = [
        (words, done)
        for words, done in lines
        if not is_sentence(words[0], done) or done.code not in (2, 66)
    ]
    print(*wrong, sep="\n")
    journals = list(inside.book.rglob("*.jsonl")) if inside.book.exists() else []
    record(
        "Ids are names: none leads to another folder",
        "test_an_id_is_a_name_and_no_path",
        f"{len(wrong)} of {len(lines)} command lines with {len(ids)} bad ids taken, "
        f"{len(journals)} files made",
        "0 taken",
        not wrong and not journals,
    )


def with_id(bad: str) -> Commands:
    """Command lines with an id."""
    return (
        ("snapshot", "start", "codex", "--set", "5h=1", f"--window={bad}"),
        ("snapshot", "start", "codex", "--set", "5h=1", f"--agent={bad}"),
        ("preview", f"--window={bad}"),
        ("finalize", f"--window={bad}"),
        ("bundle", "--", bad),
        ("checkpoint", "--plan=5", "--", bad),
        (
            "evidence",
            f"--window={bad}",
            "--capability=C",
            "--run=R",
            "--runner=x",
            "--result=pass",
            "--artifact=x",
        ),
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_book_of_another_user_is_not_written_to(tmp_path: Path) -> None:
    inside = Inside(tmp_path / "x")
    assert run(inside, START).code == 0
    os.chown(inside.book, 12345, 12345)
    before = sorted(path.name for path in inside.book.rglob("*"))
    done = run(inside, END)
    assert run(inside, READ).code == 0
    is_kept = sorted(path.name for path in inside.book.rglob("*")) == before
    is_told = is_sentence("snapshot", done) and "belongs to another user (uid 12345)" in done.err
    record(
        "A book that belongs to another user is not written to",
        "test_a_book_of_another_user_is_not_written_to",
        f"exit {done.code}, {'told' if is_told else 'not told'}, "
        f"{'nothing' if is_kept else 'something'} written",
        "exit 74, told, nothing written",
        done.code == 74 and is_told and is_kept,
    )


def test_no_file_or_folder_is_open_to_others_whatever_the_umask(tmp_path: Path) -> None:
    inside = Inside(tmp_path / "x")
    (inside.folder / "here" / "report.txt").write_text("x")
    logs = inside.home / ".claude" / "projects" / "p"
    logs.mkdir(parents=True)
    shutil.copy(ROOT / "samples" / "agents" / "claude.jsonl", logs)
    before = os.umask(0)
    try:
        for words in (START, END, INGEST, FINALIZE, CHECKPOINT, EVIDENCE, ("ingest", "claude")):
            assert run(inside, words).code == 0, words
        assert run(inside, ("bundle", "W0-CHN", *LATER)).code == 0
    finally:
        os.umask(before)
    paths = [p for top in (inside.book, inside.docs) for p in (top, *top.rglob("*"))]
    assert len(paths) > 30
    wrong = {str(p): oct(p.stat().st_mode) for p in paths if p.stat().st_mode & 0o077}
    print(wrong)
    record(
        "Files are 0600 and folders 0700, whatever the umask",
        "test_no_file_or_folder_is_open_to_others_whatever_the_umask",
        f"{len(paths)} files and folders under umask 000, {len(wrong)} open to others",
        "0 open",
        not wrong,
    )
