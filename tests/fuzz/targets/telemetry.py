"""Lines of telemetry, for every feed of config/feeds/, those with a jq program too."""

from pathlib import Path

import msgspec
from burnbook.book.rejects import shown_text
from burnbook.config.feeds import Feed
from burnbook.config.loader import Config
from burnbook.telemetry.feeds.decoder import Decoder, compile_feed

ROOT = Path(__file__).resolve().parent.parent.parent.parent
LINES = [
    *(ROOT / "samples" / "telemetry").glob("*.jsonl"),
    *(ROOT / "tests" / "fixtures" / "feeds").glob("*.jsonl"),
]

WORDS = [
    *(
        b'"ts":',
        b'"lane":"glm"',
        b'"status":200',
        b'"input_tokens":',
        b"1e400",
        b"-1",
        b"null",
        b"[]",
    ),
    *(
        b'"\\ud800"',
        b'"\\u0000"',
        b"\xff",
        b"{",
        b"}",
        b"[" * 70,
        b'"a":1,"a":2',
        b"9" * 500,
        b"\n",
    ),
    *(
        b'"resourceSpans":',
        b'"attributes":',
        b'{"key":"k","value":{"intValue":"1"}}',
        b"NaN",
        b"\xef\xbb\xbf",
    ),
]


def _decoders() -> list[Decoder]:
    config = Config(str(ROOT / "config"))
    return [compile_feed(f) for f in map(config.feed, config.feed_names) if isinstance(f, Feed)]


DECODERS = _decoders()
SEEDS = [
    bytes([number]) + b"\n".join(path.read_bytes().split(b"\n")[:4])
    for path in sorted(LINES)
    for number in range(len(DECODERS))
]


def run_one(data: bytes) -> None:
    """Every line is an event, refused with a reason, or no request; nothing raises."""
    decoder = DECODERS[data[0] % len(DECODERS)] if data else DECODERS[0]
    lines = data[1:].split(b"\n")
    batch = decoder.batch(lines)
    for event in batch.events:
        assert msgspec.json.decode(msgspec.json.encode(event))
    for at, reason in batch.rejected:
        assert 0 <= at < len(lines) and reason
        assert reason.isprintable(), reason
        assert shown_text(lines[at]).isprintable()
