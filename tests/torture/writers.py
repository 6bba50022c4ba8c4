"""Every command that writes, ready to be broken: a new one is one entry of WRITERS.

`facts` tells what stands in a place besides when it was written, so that two can be compared.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from conftest import codex
from frontdoor import ROOT

from torture import places
from torture.places import (
    BLOCKS,
    END,
    FINAL,
    RANGE,
    SHOWN,
    START,
    bare,
    begun,
    counted,
    ended,
    environment,
    ok,
    paged,
    read,
    run,
)
from torture.warm import Done

__all__ = ["Done", "Writer", "begun", "environment", "facts", "ok", "run"]


class Writer(NamedTuple):
    """A call of a script of bin/ in a place: `{place}` in its words is the place's path."""

    name: str
    words: tuple[str, ...]
    set_up: Callable[[Path], None]
    stdin: str = ""
    code: int = 0
    batches: int = 1  # how many times it appends: with one, a failure leaves all as it was
    apart: tuple[str, ...] = ()  # what a second run cannot bring back
    spent: int = 0  # the code of a run that finds nothing left to do
    prompt: bool = False  # it is made for a prompt: it fails in silence, and the next call books
    locks: bool = True  # it writes in the book, and so waits for its lock, and says where it cannot

    def command(self, place: Path) -> list[str]:
        """The argv."""
        script, *words = self.words
        return [str(ROOT / "bin" / script), *(word.format(place=place) for word in words)]


NEXT = "2026-11-22T13:00"
EVIDENCE = ("evidence", *SHOWN, "--artifact", "{place}/report.xml", "--at", END)
SCHEDULE = ("schedule", "--as", "systemd", "--into", "{place}/units")
TRACKER = str(ROOT / "samples" / "tracker")


def sample(name: str) -> str:
    """A file of samples/."""
    return (ROOT / "samples" / name).read_text()


# A pane is captured once: one that was booked and then not kept is not shown again.
RAW = ("book/raw/",)
WRITERS = (
    Writer("first", ("snapshot", "start", "codex", "--window", "W1", "--at", START), bare, codex()),
    Writer("end", ("snapshot", "end", "codex", "--at", END), begun, codex(five=20)),
    Writer(
        "cross",
        ("snapshot", "cross", "codex", "--window", "W1", "--at", END),
        begun,
        codex(five=20),
    ),
    # It names no window: run again, it must not cross out of the one that it crossed into.
    Writer("cross on", ("snapshot", "cross", "glm", "--at", END), counted, BLOCKS % 9),
    Writer("end open", ("snapshot", "end", "glm", "--at", END), counted, BLOCKS % 9),
    Writer("undo", ("undo", "codex", "--phase", "after", "--at", END), ended, spent=66),
    Writer("undo all", ("undo", "codex", "--at", END), begun, spent=66),
    Writer("finalize", FINAL, ended),
    Writer("checkpoint", ("checkpoint", "W1", "--at", "2026-11-22T12:05"), paged, batches=2),
    Writer("checkpoint first", ("checkpoint", "W1", "--at", END), bare, batches=2),
    Writer("checkpoint final", ("checkpoint", "W1", "--at", NEXT), places.handed, batches=2),
    Writer("ingest", ("ingest", "proxy-telemetry", "--at", END), ended, batches=2),
    Writer("ingest more", ("ingest", "proxy-telemetry", "--at", END), read, batches=2),
    Writer("ingest claude", ("ingest", "claude", "--at", END), ended, batches=2),
    Writer("reset", ("reset", "--at", "2026-11-23T08:00"), begun, batches=2, apart=RAW),
    Writer("churn", ("churn", "--window", "W1", *RANGE, "--at", END), ended),
    Writer("evidence", EVIDENCE, ended),
    Writer("evidence again", EVIDENCE, places.reviewed),
    Writer("capture", ("capture", "one", "--at", END), bare),
    Writer(
        "end captured", ("snapshot", "end", "codex", "--capture", "--at", END), begun, apart=RAW
    ),
    Writer("repair", ("repair", "--yes", "--at", END), places.damaged, batches=9),
    Writer("restore", ("repair", "--restore", "--yes", "--at", END), places.quarantined, batches=9),
    Writer("repair one", ("repair", "--yes", "--at", END), places.flipped, batches=9),
    Writer(
        "import ccusage", ("import", "ccusage", "--at", END), ended, sample("ccusage/daily.json")
    ),
    Writer("import tracker", ("import", "tracker", TRACKER, "--at", END), bare, batches=9),
    Writer(
        "statusline",
        ("statusline", "--at", END),
        ended,
        sample("agents/statusline.json"),
        prompt=True,
        locks=False,  # it waits 50 ms, and for no longer
    ),
    Writer("bundle", ("bundle", "W1"), paged, locks=False),
    Writer("bundle again", ("bundle", "W1"), places.bundled, locks=False),
    Writer("schedule", SCHEDULE, bare, locks=False),
    Writer("usage", ("usage", "--fresh", "--at", END), ended, batches=9),
    Writer("budget", ("budget", "--window", "W1", "--at", END), ended),
)

LOCKING = tuple(writer for writer in WRITERS if writer.locks)
LOUD = tuple(writer for writer in WRITERS if not writer.prompt)


def journals(place: Path) -> dict[str, bytes]:
    """Every journal, to the byte; one without a row is none."""
    found = {str(p.relative_to(place)): p.read_bytes() for p in (place / "book").rglob("*.jsonl")}
    return {name: data for name, data in sorted(found.items()) if data}


def rows(place: Path) -> dict[str, list[Any]]:
    """Every row of every journal without its stamps of this run; each id stands once."""
    found = {}
    for name, data in journals(place).items():
        told = [json.loads(line) for line in data.splitlines()]
        ids = [row["id"] for row in told]
        assert len(ids) == len(set(ids)), name
        kept = [row for row in told if row.get("kind") != "torn-tail" and not _is_unread(row)]
        found[name] = sorted((_unstamped(row) for row in kept), key=lambda row: str(row["id"]))
    return {name: some for name, some in found.items() if some}


def facts(place: Path) -> dict[str, Any]:
    """Rows, pages, state: all that must be the same however often a command was stopped."""
    if (place / "book").exists():
        ok(place, "check")
    found: dict[str, Any] = dict(rows(place))
    for path in _files(place):
        name = str(path.relative_to(place))
        apart = name.startswith(("book/cache/", "book/.lock")) or name.endswith(".tmp")
        apart = apart or ".jsonl.b" in name or ".before-repair-" in name
        if name.endswith(".quarantine"):
            found[name] = list(_finished(path.read_bytes()))
        elif not apart and path.suffix != ".jsonl":
            found[name] = path.read_bytes()
    return found


def _finished(quarantine: bytes) -> Iterator[Any]:
    """What a quarantine keeps: a line that was never finished is there once more, whole."""
    for line in quarantine.splitlines():
        with suppress(ValueError):
            yield json.loads(line)


def _files(place: Path) -> Iterator[Path]:
    """Every file but those of the repository, which nobody writes."""
    for folder, folders, names in os.walk(place):
        if folder == str(place):
            folders.remove("app")
        yield from (Path(folder, name) for name in sorted(names))


def _is_unread(row: dict[str, Any]) -> bool:
    """Whether it tells of a log that could not be read: the next run reads it."""
    return str(row.get("reason")).startswith("cannot be read: ")


def _unstamped(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in ("recorded_at", "crc")}
