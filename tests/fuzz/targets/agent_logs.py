"""Agents' own logs: any file, for every feed of `agent_usage`."""

import os
import shutil
from pathlib import Path

from burnbook.config.agent_logs import LogFeed
from burnbook.config.loader import Config
from inside import Inside

ROOT = Path(__file__).resolve().parent.parent.parent.parent
_CONFIG = Config(str(ROOT / "config"))
FEEDS = [name for name in _CONFIG.feed_names if isinstance(_CONFIG.feed(name), LogFeed)]
CLAUDE = (ROOT / "samples" / "agents" / "claude.jsonl").read_bytes()
CODEX = (
    b'{"timestamp":"2026-11-22T09:00:00.000Z","type":"session_meta","payload":{"id":"5e1f","cwd":"/x"}}\n'
    b'{"timestamp":"2026-11-22T09:00:01.000Z","type":"event_msg","payload":{"type":"token_count",'
    b'"info":{"total_token_usage":{"input_tokens":9,"cached_input_tokens":1,"output_tokens":2,'
    b'"reasoning_output_tokens":0,"total_tokens":11},"last_token_usage":{"input_tokens":9,'
    b'"cached_input_tokens":1,"output_tokens":2,"reasoning_output_tokens":0,"total_tokens":11}}}}\n'
)
SEEDS = [bytes([FEEDS.index("claude")]) + CLAUDE[:3000], bytes([FEEDS.index("codex")]) + CODEX]
SEEDS += [bytes([n]) + CLAUDE[:1500] for n in range(len(FEEDS))]
WORDS = [
    *(b'"timestamp":', b'"usage":{', b'"input_tokens":', b'"total_token_usage":', b"-1", b"1e999"),
    *(b'"message":', b'"id":"x"', b'"sessionId":"\\u0000"', b"null", b"[]", b"\xff", b"\n", b"{}"),
    *(b'"2026-11-22T09:00:00Z"', b'"9999-12-31T23:59:59Z"', b"18446744073709551616", b"\\ud800"),
]
inside = Inside(Path(os.environ["BURNBOOK_FUZZ"]))


def run_one(data: bytes) -> None:
    """Its requests are booked, or left out with a reason in one sentence; the book is valid."""
    name = FEEDS[data[0] % len(FEEDS)] if data else FEEDS[0]
    feed = _CONFIG.feed(name)
    assert isinstance(feed, LogFeed)
    root = inside.home / feed.roots[0].removeprefix("~/")
    pattern = feed.files[0].replace("**", "a").replace("*", "x")
    for left in (inside.book, root):
        shutil.rmtree(left, ignore_errors=True)
    log = root / pattern
    log.parent.mkdir(parents=True)
    log.write_bytes(data[1:])
    done = inside.run("ingest", name)
    assert done.code in (0, 65, 66), done
    if inside.book.exists():
        assert inside.run("check").code == 0
        assert inside.run("usage", "daily").code == 0
