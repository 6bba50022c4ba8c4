"""Every command that writes, for tests that disturb it. A new one is one entry of WRITERS.

`facts` returns the contents of a folder without times of writing, so that two can be compared.
"""

import base64
import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from conftest import codex
from frontdoor import ROOT

from torture import setups
from torture.setups import (
    BLOCKS,
    END,
    FINAL,
    RANGE,
    SHOWN,
    START,
    before_and_after,
    edited_pages,
    environment,
    feed_read,
    no_book,
    ok,
    one_before,
    open_prompts,
    run,
)
from torture.warm import Done

__all__ = ["Done", "Writer", "environment", "facts", "ok", "one_before", "run"]


class Writer(NamedTuple):
    """A call of a script of bin/ in a folder: `{folder}` in its words is its path."""

    name: str
    words: tuple[str, ...]
    set_up: Callable[[Path], None]
    stdin: str = ""
    code: int = 0
    sentences: int = 1  # at most, about what failed: where several things are done, one for each
    batches: int = 1  # how many times it appends: with one, a failure leaves everything unchanged
    apart: tuple[str, ...] = ()  # what a second run cannot bring back
    spent: int = 0  # the code of a run that finds nothing left to do
    prompt: bool = False  # it is made for a prompt: it fails in silence, and the next call books
    locks: bool = (
        True  # it writes in the book, so it waits for its lock, and reports when it cannot
    )

    def command(self, folder: Path) -> list[str]:
        """The argv."""
        script, *words = self.words
        return [str(ROOT / "bin" / script), *(word.format(folder=folder) for word in words)]


NEXT = "2026-11-22T13:00"
EVIDENCE = ("evidence", *SHOWN, "--artifact", "{folder}/report.xml", "--at", END)
PLAN = ("experiment", *setups.PLAN, "--at", END)
ASSIGN = ("experiment", "assign", "one", "F-1", "--at", END)
RECORD = ("experiment", "record", "one", "F-1", "--value", "pass", "--at", END)
FORGET = ("forget", "--yes", "--project", "/home/ada/api", "--text", "lib", "--at", END)
BACKUP = ("backup", "{folder}/book.tar.zst", "--force", "--at", END)
SCHEDULE = ("schedule", "--as", "systemd", "--into", "{folder}/units")
TRACKER = str(ROOT / "samples" / "tracker")


def sample(name: str) -> str:
    """A file of samples/."""
    return (ROOT / "samples" / name).read_text()


# A pane is captured once: one that was booked and then not kept is not shown again.
RAW = ("book/raw/",)
WRITERS = (
    Writer(
        "first", ("snapshot", "start", "codex", "--window", "W1", "--at", START), no_book, codex()
    ),
    Writer("end", ("snapshot", "end", "codex", "--at", END), one_before, codex(five=20)),
    Writer(
        "cross",
        ("snapshot", "cross", "codex", "--window", "W1", "--at", END),
        one_before,
        codex(five=20),
    ),
    # It names no window: run again, it must not cross out of the one that it crossed into.
    Writer("cross on", ("snapshot", "cross", "glm", "--at", END), open_prompts, BLOCKS % 9),
    Writer("end open", ("snapshot", "end", "glm", "--at", END), open_prompts, BLOCKS % 9),
    Writer("undo", ("undo", "codex", "--phase", "after", "--at", END), before_and_after, spent=66),
    Writer("undo all", ("undo", "codex", "--at", END), one_before, spent=66),
    Writer("finalize", FINAL, before_and_after),
    Writer("checkpoint", ("checkpoint", "W1", "--at", "2026-11-22T12:05"), edited_pages, batches=2),
    Writer("checkpoint first", ("checkpoint", "W1", "--at", END), no_book, batches=2),
    Writer(
        "checkpoint final", ("checkpoint", "W1", "--at", NEXT), setups.finalized_window, batches=2
    ),
    Writer("ingest", ("ingest", "proxy-telemetry", "--at", END), before_and_after, batches=2),
    Writer("ingest more", ("ingest", "proxy-telemetry", "--at", END), feed_read, batches=2),
    Writer("ingest claude", ("ingest", "claude", "--at", END), before_and_after, batches=2),
    Writer("reset", ("reset", "--at", "2026-11-23T08:00"), one_before, batches=2, apart=RAW),
    Writer("churn", ("churn", "--window", "W1", *RANGE, "--at", END), before_and_after),
    Writer("evidence", EVIDENCE, before_and_after),
    Writer("evidence again", EVIDENCE, setups.with_evidence),
    Writer("experiment", PLAN, before_and_after),
    Writer(
        "experiment assign", ("experiment", "assign", "one", "F-1", "--at", END), setups.planned
    ),
    Writer(
        "experiment record",
        ("experiment", "record", "one", "F-1", "--value", "pass", "--at", END),
        setups.assigned,
    ),
    Writer("capture", ("capture", "one", "--at", END), no_book),
    Writer(
        "end captured",
        ("snapshot", "end", "codex", "--capture", "--at", END),
        one_before,
        apart=RAW,
    ),
    Writer("repair", ("repair", "--yes", "--at", END), setups.damaged_book, batches=9),
    Writer(
        "restore", ("repair", "--restore", "--yes", "--at", END), setups.with_quarantine, batches=9
    ),
    Writer("repair one", ("repair", "--yes", "--at", END), setups.corrupt_row, batches=9),
    Writer(
        "import ccusage",
        ("import", "ccusage", "--at", END),
        before_and_after,
        sample("ccusage/daily.json"),
    ),
    Writer("import tracker", ("import", "tracker", TRACKER, "--at", END), no_book, batches=9),
    Writer(
        "statusline",
        ("statusline", "--at", END),
        before_and_after,
        sample("agents/statusline.json"),
        prompt=True,
        locks=False,  # it waits 50 ms, and for no longer
    ),
    Writer("merge", ("merge", "{folder}/other", "--at", END), setups.two_books, batches=9),
    Writer("merge new", ("merge", "{folder}/other", "--at", END), setups.other_book, batches=9),
    Writer("backup", BACKUP, before_and_after),
    Writer("restore a book", ("restore", "{folder}/book.tar.zst"), setups.archived, locks=False),
    Writer("forget", FORGET, setups.forgettable, batches=9),
    Writer("bundle", ("bundle", "W1"), edited_pages, locks=False),
    Writer("bundle again", ("bundle", "W1"), setups.with_bundle, locks=False),
    Writer("schedule", SCHEDULE, no_book, locks=False),
    Writer("ingest every agent", ("ingest", "--at", END), before_and_after, sentences=9, batches=9),
    Writer("budget", ("budget", "--window", "W1", "--at", END), before_and_after),
)

LOCKING = tuple(writer for writer in WRITERS if writer.locks)
LOUD = tuple(writer for writer in WRITERS if not writer.prompt)


def journals(folder: Path) -> dict[str, bytes]:
    """Every journal, to the byte; one without a row is none."""
    contents = {
        str(p.relative_to(folder)): p.read_bytes() for p in (folder / "book").rglob("*.jsonl")
    }
    return {name: data for name, data in sorted(contents.items()) if data}


def rows(folder: Path) -> dict[str, list[Any]]:
    """Every row of every journal without the stamps of this run; each id occurs once."""
    rows_by_journal = {}
    for name, data in journals(folder).items():
        if name.endswith("/rewrites.jsonl"):
            continue  # hashes of rows with the stamps of this run; `check` verifies them
        parsed = [json.loads(line) for line in data.splitlines()]
        ids = [row["id"] for row in parsed]
        assert len(ids) == len(set(ids)), name
        kept = [row for row in parsed if row.get("kind") != "torn-tail" and not _is_unread(row)]
        rows_by_journal[name] = sorted(
            (_unstamped(row) for row in kept), key=lambda row: str(row["id"])
        )
    return {
        name: rows_of_journal
        for name, rows_of_journal in rows_by_journal.items()
        if rows_of_journal
    }


def facts(folder: Path) -> dict[str, Any]:
    """Rows, pages, state: all that must be the same however often a command was stopped."""
    if (folder / "book").exists():
        ok(folder, "check")
    result: dict[str, Any] = dict(rows(folder))
    for path in _files(folder):
        name = str(path.relative_to(folder))
        apart = name.startswith(("book/cache/", "book/.lock")) or name.endswith(".tmp")
        apart = apart or ".jsonl.b" in name or ".before-repair-" in name
        if name.endswith(".quarantine"):
            result[name] = list(_finished(path.read_bytes()))
        elif not apart and path.suffix != ".jsonl":
            result[name] = path.read_bytes()
    return result


def _finished(quarantine: bytes) -> Iterator[Any]:
    """The rows in a quarantine: an unfinished line exists once more, complete."""
    for line in quarantine.splitlines():
        with suppress(ValueError):
            entry = json.loads(line)
            with suppress(ValueError):  # a corrupt row is compared as it is
                row = json.loads(base64.b64decode(entry["base64"] or ""))
                entry["base64"] = _unstamped(row)
            yield entry


def _files(top: Path) -> Iterator[Path]:
    """Every file but those of the repository, which are never written."""
    for folder, folders, names in os.walk(top):
        if folder == str(top):
            folders.remove("app")
        yield from (Path(folder, name) for name in sorted(names))


def _is_unread(row: dict[str, Any]) -> bool:
    """Whether it reports an unreadable log, which the next run reads."""
    return str(row.get("reason")).startswith("cannot be read: ")


def _unstamped(row: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in row.items()
        if key not in ("recorded_at", "rewritten_at", "chain", "crc")
    }
