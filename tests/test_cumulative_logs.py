"""Logs with the sums of a session: read in any way, they give the same requests."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from burnbook.agent_logs.compiled_feed import CompiledFeed
from burnbook.agent_logs.reader import LogReader
from burnbook.config.agent_logs import LogFeed
from burnbook.config.agent_logs.faults import faults
from burnbook.config.loader import Config
from burnbook.jsonl import scan
from burnbook.jsonl.scan import Buffer
from burnbook.jsonl.sources import Log
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parent.parent
KINDS = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens")


def codex() -> LogFeed:
    feed = Config(ROOT / "config").feed("codex")
    assert isinstance(feed, LogFeed)
    return feed


def event(second: int, kind: str, payload: Any) -> dict[str, Any]:
    ts = f"2026-11-22T09:{second // 60 % 60:02}:{second % 60:02}.000Z"
    return {"timestamp": ts, "type": kind, "payload": payload}


sums = st.one_of(
    st.none(),
    st.lists(st.one_of(st.integers(0, 9), st.none()), min_size=4, max_size=4),
    st.lists(st.integers(0, 9), min_size=4, max_size=4),
)


@st.composite
def lines(draw: st.DrawFn) -> list[Any]:
    """A rollout: sums that mostly grow, settings, forks, single responses, other times."""
    meta: dict[str, Any] = {"id": "s", "cwd": "/p"}
    if draw(st.booleans()):
        meta["forked_from_id"] = "parent"
    events, now = [event(0, "session_meta", meta)], [0, 0, 0, 0]
    for second in range(draw(st.integers(0, 25))):
        kind = draw(st.integers(0, 11))
        if kind == 0:
            events.append(event(second, "turn_context", {"model": draw(st.sampled_from("ab"))}))
        elif kind == 1:
            usage = dict(
                zip(KINDS, draw(st.lists(st.integers(0, 9), min_size=4, max_size=4)), strict=True)
            )
            payload = {"response_id": draw(st.sampled_from("xy")), "usage": usage}
            events.append(event(second, "token_usage_record", payload))
        elif kind == 2:
            sequence = draw(sums)
            total = None if sequence is None else dict(zip(KINDS, sequence, strict=True))
            info = draw(st.sampled_from([None, {"total_token_usage": total}]))
            events.append(event(second, "event_msg", {"type": "token_count", "info": info}))
        elif kind == 3:
            text = draw(st.sampled_from(["token_count", '"token_count"']))
            events.append(event(second, "response_item", {"type": "message", "text": text}))
        else:
            more = draw(st.lists(st.integers(0, 50), min_size=4, max_size=4))
            now = [a + b for a, b in zip(now, more, strict=True)] if kind > 4 else more
            info = {"total_token_usage": dict(zip(KINDS, now, strict=True))}
            if kind == 5:
                info["model"] = "c"
            token_event = event(second, "event_msg", {"type": "token_count", "info": info})
            if kind == 6:
                token_event["timestamp"] = draw(
                    st.sampled_from([None, 1, "x", "2026-11-22T09:00:00+01:00"])
                )
            events.append(token_event)
    return events


def read(feed: LogFeed, path: Path) -> Any:
    reader = LogReader("codex", feed)
    source = reader.read(Log(str(path), path.stat().st_size, 1), 0, None)
    assert source is not None
    # An origin may be numbered that no request has.
    origins = {number: origin for origin, number in reader.requests.origins.items()}
    requests = {
        key: (request.total, request.ts, origins[request.origin], request.amounts)
        for key, request in reader.requests.requests.items()
    }
    return requests, reader.requests.tally, reader.rejected, source.going, reader.meters.homes


@settings(max_examples=150, deadline=None)
@given(rollout=lines())
def test_lines_decode_equally_together_and_alone(
    tmp_path_factory: pytest.TempPathFactory, rollout: Sequence[Any]
) -> None:
    path = tmp_path_factory.mktemp("codex") / "rollout-1.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in rollout))
    feed = codex()
    together = read(feed, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CompiledFeed, "decode_lines", lambda *_: None)
        assert read(feed, path) == together
    whole = msgspec.structs.replace(feed, skips=())
    assert read(whole, path)[0] == together[0]


def hits(data: bytes, buffer: Buffer) -> list[bytes]:
    def fill(view: memoryview, offset: int) -> int:
        part = data[offset : offset + len(view)]
        view[: len(part)] = part
        return len(part)

    result = []
    for lines in buffer.blocks(fill, 0):
        offsets = buffer.offsets(lines)
        assert [data[at : at + len(line)] for at, line in zip(offsets, lines, strict=True)] == lines
        assert all(not at or data[at - 1 : at] == b"\n" for at in offsets)
        result += map(bytes, lines)
    return result


def test_only_lines_that_begin_so_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    begin = '{"at":"*","type":"a"'
    events = [
        {"at": "1", "type": "a", "needle": 0},  # the first line of a file is always looked at
        {"at": "2", "type": "b", "needle": 1},
        {"at": "3", "type": "a", "needle": 2},
        {"type": "a", "at": "4", "needle": 3},
        {"at": '5"', "type": "a", "needle": 4},  # a quote in the text: not sure, so it is searched
        {"at": "6", "type": "ab", "needle": 5},
        {"at": "7", "in": {"at": "7", "type": "a"}, "needle": 6},
        {"at": "8", "type": "b"},
    ]
    data = b"".join(json.dumps(item, separators=(",", ":")).encode() + b"\n" for item in events)
    for size in (1 << 20, 64, 90, 128):
        monkeypatch.setattr(scan, "SIZE", size)
        result = hits(data, Buffer(['"needle"'], [begin]))
        assert [json.loads(line)["needle"] for line in result] == [0, 1, 3, 4, 5, 6]


@pytest.mark.parametrize("begin", ["", '"type":"a"', '{"a":\n'])
def test_an_impossible_skip_pattern_is_reported(begin: str) -> None:
    feed = msgspec.structs.replace(codex(), skips=(begin,))
    assert [fault[0] for fault in faults(feed)] == ["skips"]
