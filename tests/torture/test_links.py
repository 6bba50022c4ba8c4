"""Links and foreign files in a book: no command writes, removes or changes files of others.

Each path of a book becomes a symbolic link, one at a time: to a file, to a directory with the same
contents, or to nothing. The target must stay, with its content and its times.
"""

import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from torture.breaking import Stage
from torture.figures import long, part, record
from torture.setups import END, damaged_book, feed_read, finalized_window, with_bundle
from torture.spreading import Share, own, scratch, spread
from torture.writers import WRITERS, Done, Writer

KINDS = ("file", "directory", "nothing")
# By these paths files outside of the book were written or removed once.
ALWAYS = {
    "first": ("state/main",),
    "ingest": ("cache/proxy_telemetry.keys",),
    "repair": ("state/main",),
    "capture": ("captures/one",),
}
PER_COMMAND = 5  # in the suite; the soak has every path and every kind
# Paths of each depth that are only there at other moments: a link may be there before the file.
PATHS = (
    *("notices.jsonl", "resets.jsonl", "meters.jsonl", "churn.jsonl", "windows.jsonl"),
    *("snapshots.jsonl.broken", "checkpoints.jsonl.broken", "snapshots.jsonl.quarantine"),
    *("account.salt", "crontabs", "captures", "captures/one", "raw", "rejects", "cache", "state"),
    *("rejects/proxy-telemetry.jsonl", "rejects/claude.jsonl", "rejects/import.jsonl"),
    *("state/main", "state/main/codex.json", "state/main/glm.json", "state/feeds", "state/.feeds"),
    *("state/.feeds/proxy-telemetry.json", "state/feeds/proxy-telemetry.json"),
    *("cache/book.sqlite", "cache/book.sqlite-wal", "cache/book.sqlite-shm"),
    *("cache/book.sqlite-journal", "cache/snapshots.fold", "cache/agent_usage.fold"),
    *("cache/proxy_telemetry.fold", "cache/claude.sources", "cache/agent_usage.days"),
    *("cache/rejects", "cache/rejects/proxy-telemetry.keys"),
    *("cache/proxy_telemetry.keys", "cache/proxy_telemetry.keys/head"),
    *("cache/agent_usage.keys", "cache/agent_usage.keys/head", ".lock"),
    "cache/proxy_telemetry.keys/2025-11-22",
)
READS: tuple[tuple[tuple[str, ...], Callable[[Path], None]], ...] = (
    (("preview", "--window", "W1", "--at", END), finalized_window),
    (("audit", "--all"), finalized_window),
    (("decide", "--window", "W1"), finalized_window),
    (("scoreboard",), finalized_window),
    (("cost-compare", "--window", "W1"), feed_read),
    (("usage", "daily"), feed_read),
    (("usage", "blocks"), feed_read),
    (("import", "ccusage", "--list"), feed_read),
    (("check",), feed_read),
    (("repair",), damaged_book),
    (("repair", "--dry-run"), damaged_book),
    (("doctor",), feed_read),
    (("bundle", "W1"), with_bundle),
)
COMMANDS = (*WRITERS, *(Writer(" ".join(words), words, set_up) for words, set_up in READS))
LOOKS = ("check", "repair", "doctor")  # they report a link among other findings, with exit code 1


class Seen(NamedTuple):
    """The number of cases of a job, and the faults."""

    cases: int
    wrong: list[str]


def test_no_link_in_a_book_is_followed(tmp_path: Path) -> None:
    with scratch(tmp_path) as folder:
        count = None if part() >= 1 else long(PER_COMMAND, 100)
        seen = spread(linked, [Share(at, folder, count) for at in range(len(COMMANDS))])
    wrong = [why for result in seen for why in result.wrong]
    print(*wrong, sep="\n")
    record(
        "No symbolic link in a book is followed, at any depth",
        "test_no_link_in_a_book_is_followed",
        f"{len(wrong)} wrong in {sum(r.cases for r in seen):,} cases: {len(COMMANDS)} commands"
        f", {len(KINDS)} kinds of links, paths of a book at every depth",
        "0 wrong",
        not wrong,
    )


def linked(job: Share) -> Seen:
    """Put links in the paths of one command's book, and run it."""
    writer, stage = COMMANDS[job.writer], Stage(COMMANDS[job.writer], own(job.folder))
    stage.reset()
    stage.run()
    left = [os.path.relpath(path, stage.folder / "book") for path in _paths(stage.folder / "book")]
    cases = [(path, kind) for path in sorted({*left, *PATHS}) for kind in KINDS]
    if job.count is not None:
        known = [(path, "directory") for path in ALWAYS.get(writer.name, ())]
        cases = [*known, *random.Random(writer.name).sample(cases, job.count)]
    wrong = [
        f"{writer.name}, {path} -> {kind}: {why}"
        for path, kind in cases
        for why in _linked(stage, path, kind)
    ]
    return Seen(len(cases), wrong)


def _linked(stage: Stage, path: str, kind: str) -> Iterator[str]:
    stage.reset()
    outside, link = stage.folder / "outside", stage.folder / "book" / path
    target = _target(outside, link, kind)
    link.parent.mkdir(parents=True, exist_ok=True)
    if link.is_dir():
        shutil.rmtree(link)
    link.unlink(missing_ok=True)
    link.symlink_to(target)
    kept, rows = _seen(outside), _rows(stage.folder / "book")
    done = stage.run()
    if _seen(outside) != kept:
        yield "what it leads to was changed"
    if not link.is_symlink() or os.readlink(link) != str(target):
        yield "the link is another or gone"
    yield from _answer(stage.writer, done, link)
    if done.returncode == 74 and stage.writer.batches == 1 and _rows(stage.folder / "book") != rows:
        yield "it exits with 74, and rows are booked"


def _target(outside: Path, link: Path, kind: str) -> Path:
    """The target of the link, with the contents that it replaces, so that it could be used."""
    outside.mkdir()
    target = outside / kind
    if kind == "file":
        target.write_bytes(link.read_bytes() if link.is_file() else b"precious\n")
    elif kind == "directory":
        if link.is_dir():
            shutil.copytree(link, target)
        target.mkdir(exist_ok=True)
        (target / "thesis.txt").write_text("precious\n")
    return target


def _rows(book: Path) -> dict[Path, bytes]:
    """Every journal that is not a link and has a row."""
    result = {
        path: path.read_bytes()
        for path in _paths(book)
        if path.suffix == ".jsonl" and path.is_file() and not path.is_symlink()
    }
    return {path: data for path, data in result.items() if data}


def _seen(folder: Path) -> dict[str, tuple[int, int, bytes | None]]:
    """The mode, the time of the last change and the content of everything in a directory."""
    result = {}
    for path in (folder, *_paths(folder)):
        status = path.lstat()
        data = path.read_bytes() if path.is_file() else None
        result[str(path)] = status.st_mode, status.st_mtime_ns, data
    return result


def _answer(writer: Writer, done: Done, link: Path) -> Iterator[str]:
    """Exit code 74 with the link named, or an answer that did not need what the link replaces."""
    name = writer.words[0]
    if done.returncode == 74:
        *_, last = done.stderr.splitlines() or [""]  # before it there may be notes
        if not last.startswith(f"{name}: ") or f"{link} is a symbolic link" not in last:
            yield f"it says {done.stderr!r}"
    elif done.returncode not in (writer.code, *((1,) if name in LOOKS else (0, 1, 65, 66))):
        yield f"it exits with {done.returncode}: {done.stderr!r}"


def test_no_command_removes_a_file_that_burnbook_did_not_make(tmp_path: Path) -> None:
    with scratch(tmp_path) as folder:
        seen = spread(planted, [Share(at, folder, None) for at in range(len(COMMANDS))])
    wrong = [why for result in seen for why in result.wrong]
    print(*wrong, sep="\n")
    record(
        "No command removes or changes a file that burnbook did not make, in any directory",
        "test_no_command_removes_a_file_that_burnbook_did_not_make",
        f"{len(wrong)} of {sum(r.cases for r in seen):,} files gone or changed, {len(COMMANDS)}"
        " commands, with whole and with damaged indexes",
        "0 gone or changed",
        not wrong,
    )


STRANGERS = ("thesis.txt", ".thesis.txt.4194305.tmp", "thesis.json", "thesis/thesis.txt")


def planted(job: Share) -> Seen:
    """Put strangers' files in every directory of a book and its bundles, and run a command."""
    writer, stage = COMMANDS[job.writer], Stage(COMMANDS[job.writer], own(job.folder))
    cases, wrong = 0, list[str]()
    for damage in (False, True):
        stage.reset()
        book = stage.folder / "book"
        book.mkdir(exist_ok=True)
        for name in (*PATHS, ".doctor.4194305.tmp/x"):
            (book / name).parent.mkdir(parents=True, exist_ok=True)
        folders = [path for path in (book, *_paths(book)) if path.is_dir()]
        for head in book.rglob("head") if damage else ():
            head.write_bytes(b"\0")
        strangers = {folder / name for folder in folders for name in STRANGERS}
        for path in strangers:
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"{path}\n")
        done = stage.run()
        gone = [path for path in strangers if not path.is_file() or path.read_text() != f"{path}\n"]
        wrong += [f"{writer.name} ({damage=}): {path} ({done.stderr!r})" for path in gone]
        cases += len(strangers)
    return Seen(cases, wrong)


def _paths(folder: Path) -> list[Path]:
    """Everything below a directory; a link is not looked into."""
    return [Path(top, name) for top, inner, names in os.walk(folder) for name in (*inner, *names)]
