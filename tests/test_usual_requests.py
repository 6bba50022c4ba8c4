"""Lines of requests, of which usual ones are read in a quicker way: both ways give the same."""

import json
import tempfile
from itertools import product
from pathlib import Path
from typing import Any

import msgspec
from burnbook.agent_logs.reader import LogReader
from burnbook.agent_logs.request_lines.usual_lines import UsualRequests
from burnbook.config.agent_logs import LogFeed
from burnbook.config.loader import Config
from burnbook.jsonl.sources import Log
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parent.parent
ADVISOR = {"type": "advisor_message", "model": "b", "input_tokens": 3}


def mostly(usual: Any, *others: Any) -> st.SearchStrategy[Any]:
    """The usual value in most lines."""
    return st.sampled_from([usual] * 6 + [*others])


usages = st.fixed_dictionaries(
    {
        "input_tokens": mostly(4, 0, 9, None),
        "output_tokens": st.sampled_from([0, 1, 7, 7, 7, 20]),
        "cache_creation": mostly({"ephemeral_1h_input_tokens": 2}, {}, None, "x"),
        "server_tool_use": mostly({"web_search_requests": 0}, {"web_search_requests": 2}, None),
    },
    optional={
        "iterations": mostly([], None, [{"type": "message", "input_tokens": 4}], [ADVISOR]),
        "speed": mostly("standard", "fast", 1),
    },
)
messages = st.fixed_dictionaries(
    {
        "id": mostly("msg_01A", "msg_01B", "msg_01", "gen-1", "", None, 5),
        "model": mostly("a", "<synthetic>", None),
        "usage": st.one_of(usages, usages, usages, usages, st.none()),
    }
)
lines = st.fixed_dictionaries(
    {
        "type": mostly("assistant", "user", None),
        "timestamp": mostly(
            "2026-11-22T09:00:00Z",
            "2026-11-22T09:00:05Z",
            "2026-11-22T10:30:00+01:00",
            "1800-01-01T00:00:00Z",
            "no time",
            None,
        ),
        "requestId": mostly("req_01A", "req_01B", "req_2", "", None),
        "sessionId": mostly("s", "t", None),
        "message": st.one_of(messages, messages, messages, messages, st.none()),
    },
    optional={
        "isApiErrorMessage": mostly(None, True, 1),
        "costUSD": mostly(None, 0.5, -1),
        "uuid": st.sampled_from(["u1", "u2"]),
        "requestSessionId": mostly("s", "r"),
    },
)


def claude() -> LogFeed:
    feed = Config(ROOT / "config").feed("claude")
    assert isinstance(feed, LogFeed)
    return feed


def results(files: list[list[dict[str, Any]]], *, is_simple: bool) -> tuple[str, ...]:
    """What a reader has after some files."""
    reader = LogReader("claude", claude())
    assert isinstance(reader.usual, UsualRequests)
    assert reader.usual.is_simple, "the feed of Claude Code has usual lines"
    reader.usual.is_simple = is_simple
    sources = []
    with tempfile.TemporaryDirectory() as folder:
        for number, entries in enumerate(files):
            path = Path(folder, f"{number}.jsonl")
            path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
            sources.append(reader.read(Log(str(path), path.stat().st_size, 1), number, None))
        rejected = [(line.offset, line.reason) for line in reader.rejected]
    kept = reader.requests
    values = [kept.requests, kept.aliases, kept.earlier, kept.claims, kept.ends, kept.origins]
    return (*map(repr, [*values, kept.tally, rejected]), repr(msgspec.json.encode(sources)))


USUAL: dict[str, Any] = {
    "type": "assistant",
    "timestamp": "2026-11-22T09:00:00Z",
    "sessionId": "s",
    "model": "a",
    "usage": {"input_tokens": 4, "output_tokens": 7},
}
# Each is a line of its own, or one that follows another of the same stream.
OTHERS: list[dict[str, Any]] = [
    {},
    {"costUSD": 0.5},
    {"isApiErrorMessage": 1},
    {"isApiErrorMessage": True},
    {"type": "user"},
    {"type": "user", "usage": {}},
    {"model": "<synthetic>"},
    {"timestamp": None},
    {"timestamp": "1800-01-01T00:00:00Z"},
    {"requestId": ""},
    {"requestId": None},
    {"usage": None},
    {"usage": USUAL["usage"] | {"output_tokens": 9}},
    {"usage": USUAL["usage"] | {"input_tokens": 9}},
    {"usage": USUAL["usage"] | {"iterations": [ADVISOR]}},
    {"usage": USUAL["usage"] | {"cache_creation": None}},
    {"usage": USUAL["usage"] | {"server_tool_use": {"web_search_requests": 2}}},
    {"usage": USUAL["usage"] | {"speed": "fast"}},
]


def entry(number: int, changes: dict[str, Any]) -> dict[str, Any]:
    """A line of a request, with the ids of this number."""
    ids = {"id": f"msg_01{number}", "requestId": f"req_01{number}"}
    values = USUAL | ids | changes
    message = {name: values.pop(name) for name in ("id", "model", "usage")}
    return values | {"message": message}


def test_each_other_line_between_usual_ones_gives_the_same() -> None:
    pairs = enumerate(product(OTHERS, repeat=2))
    files = [[entry(n, each) for each in ({}, first, second, {})] for n, (first, second) in pairs]
    quick, slow = (results(files, is_simple=each) for each in (True, False))
    assert quick == slow


@given(st.lists(st.lists(lines, max_size=12), min_size=1, max_size=3))
def test_usual_lines_give_what_any_lines_give(files: list[list[dict[str, Any]]]) -> None:
    assert results(files, is_simple=True) == results(files, is_simple=False)
