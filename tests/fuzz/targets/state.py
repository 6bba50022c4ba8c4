"""Derived files (state, cursors, caches, keys) with any bytes: the answers do not change."""

import os
import shutil
from pathlib import Path

from inside import Inside

ROOT = Path(__file__).resolve().parent.parent.parent.parent
LINES = (ROOT / "samples" / "telemetry" / "usage.jsonl").read_bytes()
PANES = ROOT / "samples" / "panes"
BEFORE, AFTER = ((PANES / f"codex-{n}.txt").read_bytes() for n in ("before", "after"))
inside = Inside(Path(os.environ["BURNBOOK_FUZZ"]))
_kept = inside.folder / "kept"
AT = ("--at", "2026-11-22T13:00:00Z")
ASKED = (("preview", "--window", "W0-CHN"), ("cost-compare", "--window", "W0-CHN"), ("usage",))


def _set_up() -> None:
    early = ("--window", "W0-CHN", "--at", "2026-11-22T10:00:00Z")
    late = ("--window", "W0-CHN", "--at", "2026-11-22T12:00:00Z")
    logs = inside.home / ".claude" / "projects" / "p"
    logs.mkdir(parents=True)
    shutil.copy(ROOT / "samples" / "agents" / "claude.jsonl", logs)
    for words, stdin in (
        (("snapshot", "start", "codex", *early), BEFORE),
        (("snapshot", "end", "codex", *late), AFTER),
        (("ingest", "proxy-telemetry", "--window", "W0-CHN"), LINES),
        (("ingest", "claude"), b""),
        (("finalize", "--window", "W0-CHN"), b""),
        (("finalize", "--window", "W0-CHN", "--notes", "x" * 70_000), b""),
    ):
        inside.run(*words, stdin=stdin)
    shutil.copytree(inside.book, _kept)


_set_up()
FILES = sorted(
    p for top in ("state", "cache") for p in (inside.book / top).rglob("*") if p.is_file()
)
SEEDS = [bytes([n]) + path.read_bytes()[:4000] for n, path in enumerate(FILES)]
WORDS = [
    b"{}",
    b"[]",
    b"null",
    b"\x90",
    b"\xc0",
    b"\xff" * 8,
    b"\0" * 24,
    b'"offset":',
    b"-1",
    b"1e9",
]
TRUE = [inside.run(*words, *AT).out for words in ASKED]
assert all(TRUE)


def run_one(data: bytes) -> None:
    """Readers give the same answers; booking again books nothing."""
    path = FILES[data[0] % len(FILES)] if data else FILES[0]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data[1:])
    try:
        assert [inside.run(*words, *AT).out for words in ASKED] == TRUE, path
        again = inside.run(
            *("snapshot", "end", "codex", "--window", "W0-CHN", "--at", "2026-11-22T12:00:00Z"),
            stdin=AFTER,
        )
        assert again.code == 0 and again.out.startswith("already booked"), again
        assert inside.run("ingest", "claude").code == 0
        done = inside.run("ingest", "proxy-telemetry", "--window", "W0-CHN", stdin=LINES)
        assert done.code == 0, done
    finally:
        shutil.rmtree(inside.book)
        shutil.copytree(_kept, inside.book)
