"""Panes: any bytes, for every provider."""

import re
from pathlib import Path

import msgspec
from burnbook import panes
from burnbook.base.errors import BadData
from burnbook.base.redact import redact, strip_ansi
from burnbook.book.book import Book
from burnbook.config.loader import Config
from burnbook.context import Context
from burnbook.snapshots.pane_input import parse_pane
from burnbook.store.store import Store
from burnbook.times.clock import parse_time

TESTS = Path(__file__).resolve().parent.parent.parent
PROVIDERS = panes.providers()
SEEDS = [
    bytes([n]) + path.read_bytes()
    for n, name in enumerate(PROVIDERS)
    for path in sorted((TESTS / "fixtures" / name).glob("*.txt"))
]
WORDS = [
    *(b"% used", b"% left", b"100%", b"limit:", b"(resets ", b"5h", b"Weekly", b"\x1b[31m", b"\r"),
    *(
        b"Current session",
        b"Current week (all models)",
        b"Resets ",
        b" at 12am",
        b"(Europe/London)",
    ),
    *(b"Context window:", b"272K", b"Account: ", b"a@b.example", b"\xe2\x94\x82", b"\xe2\x96\x88"),
    *(
        b'{"blocks":[',
        b'"isActive":true',
        b"29 Feb",
        b"13:04 on 8 Oct",
        b"\x1b[999C",
        b"\x9b",
        b"\n",
    ),
]
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
NOW = parse_time("2026-11-22T10:00:00Z", None)
CONTEXT = Context(
    Config(str(TESTS.parent / "config")), Book("/nonexistent"), Store("/nonexistent"), "main", []
)


def run_one(data: bytes) -> None:
    """Parsing never fails; the values fit a row; the saved text is plain."""
    provider = PROVIDERS[data[0] % len(PROVIDERS)] if data else PROVIDERS[0]
    try:
        taken = parse_pane(CONTEXT, provider, "stdin", data[1:], NOW)
    except BadData:
        pass
    else:
        for meter in taken.meters:
            assert meter.used_percent is None or 0 <= meter.used_percent <= 100, meter
        assert msgspec.json.encode(taken.meters)
    kept = redact(strip_ansi(data[1:].decode("utf-8", "replace")))
    assert not CONTROLS.search(kept), kept
