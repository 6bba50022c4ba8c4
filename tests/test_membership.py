"""The window of a request: of its moment and agent, whatever was booked first."""

import json
import os
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from burnbook.agent_logs.booking import parallel
from burnbook.agent_logs.booking.jobs import Job
from burnbook.agent_logs.booking.parallel import Run
from burnbook.agent_logs.booking.writer import Writer
from burnbook.agent_logs.reader import LogReader
from burnbook.book import codec, journal
from burnbook.config.agent_logs import LogFeed
from burnbook.config.feeds import Feed
from burnbook.config.loader import Config
from burnbook.jsonl.chunks import Chunk
from burnbook.jsonl.sources import Log
from burnbook.rows.meters import Snapshot, Void
from burnbook.rows.usage import AgentUsage, ProxyRequest, Superseded, Tokens, Where
from burnbook.store import time_index
from burnbook.store.membership import Membership, Span
from burnbook.store.progress import Progress
from burnbook.store.store import Store
from burnbook.telemetry.booking.intake import Intake
from burnbook.telemetry.costs.projection import features
from burnbook.telemetry.feeds import decoder
from burnbook.telemetry.feeds.batch_reader import BatchReader
from burnbook.telemetry.projection import telemetry
from burnbook.telemetry.queries import membership, requests_without_window, window_traffic
from burnbook.usage.projection import USAGE
from burnbook.usage.queries import cells
from burnbook.windows import spans
from burnbook.windows.booked.snapshots import SNAPSHOTS
from burnbook.windows.snapshot_index import SnapshotIndex
from conftest import ROOT, Shell
from hypothesis import given, settings
from hypothesis import strategies as st
from usagerows import replaced, usage_row

START = datetime(2026, 11, 22, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def test_an_agent_has_its_own_window_and_else_the_one_that_began_last() -> None:
    windows = Membership(
        [
            Span(at(0), at(9), "A", ("ada",)),
            Span(at(2), at(6), "B", ("bo",)),
            Span(at(4), at(5), "C"),
        ]
    )

    def windows_of(agent: str | None) -> list[str | None]:
        return [windows.at(agent, at(hour)) for hour in (-1, 0, 2, 4, 5, 6, 9)]

    assert windows_of("ada") == [None, "A", "A", "A", "A", "A", None]
    assert windows_of("bo") == [None, "A", "B", "B", "B", "A", None]
    for agent in ("cy", None):
        assert windows_of(agent) == [None, "A", "B", "C", "B", "A", None]


def test_changes_are_the_times_at_which_some_agent_has_another_window() -> None:
    before = Membership([Span(at(0), at(9), "A", ("ada",))])
    after = Membership([Span(at(0), at(8), "A", ("ada",)), Span(at(2), at(4), "B", ("bo",))])
    assert before.changes(before) == []
    assert before.changes(after) == after.changes(before) == [(at(2), at(4)), (at(8), at(9))]


SPANS = st.lists(
    st.builds(
        lambda start, length, window, agents: Span(
            at(start), at(start + length), window, tuple(sorted(agents))
        ),
        st.integers(0, 20),
        st.integers(1, 12),
        st.sampled_from("ABC"),
        st.sets(st.sampled_from(["ada", "bo"]), max_size=2),
    ),
    max_size=4,
    unique_by=lambda span: span.window,
)


@given(SPANS, SPANS, st.integers(-1, 33), st.sampled_from(["ada", "bo", "cy"]))
def test_the_window_is_that_of_the_rule_and_changes_where_it_does(
    some: list[Span], others: list[Span], hour: int, agent: str
) -> None:
    windows, moment = Membership(some), at(hour)
    inside = [span for span in some if span.starts_at <= moment < span.ends_at]
    own = [span for span in inside if agent in span.agents]
    best = max(own or inside, default=None)
    assert windows.at(agent, moment) == (best and best.window)
    other = Membership(others)
    if windows.at(agent, moment) != other.at(agent, moment):
        assert any(start <= moment < end for start, end in windows.changes(other))


class Book:
    """A book to which rows are appended in any order, and what its store has of them."""

    def __init__(self, folder: str) -> None:
        self.root, self.number = f"{folder}/book", 0
        self.file = Path(folder) / "config" / "windows.toml"
        for path in (self.file.parent, Path(self.root)):
            path.mkdir()
        self.declare("A1", None)
        self.snapshots: list[Snapshot] = []
        self.proxy: list[ProxyRequest] = []
        self.used: list[AgentUsage] = []
        self.booked: list[tuple[str, float, str | None]] = []

    def declare(self, window: str, end: float | None) -> None:
        """Another end of a window, or none."""
        ends = "" if end is None else f'ends = "{at(end).isoformat()}"'
        self.file.write_text(f'timezone = "UTC"\n[windows.{window}]\n{ends}\n')
        self.config = Config(str(self.file.parent))

    def append(self, name: str, *rows: Any) -> None:
        """Append rows to a journal."""
        journal.append(self.root, {name: b"".join(map(codec.encode, rows))})

    def store(self, **more: Any) -> Store:
        """The store, with the windows of the book."""
        return Store(self.root, windows=lambda: spans.source(self.config), **more)

    def start(self, agent: str, window: str, hour: float) -> None:
        """A BEFORE."""
        fields: dict[str, Any] = {"meters": (), "context": None, "plan": None, "errors": ()}
        row = codec.make(
            Snapshot,
            **{"agent": agent, "window": window, "provider": "codex", "phase": "before"},
            **{"captured_at": at(hour), "account": None, "requests": None, "source": "pane"},
            **fields,
        )
        self.snapshots.append(row)
        self.append("snapshots", row)

    def void(self) -> None:
        """Void the last BEFORE, if there is one."""
        if self.snapshots:
            row = self.snapshots.pop()
            stamps = {"agent": row.agent, "window": row.window, "source": "undo"}
            self.append("snapshots", codec.make(Void, void=row.id, **stamps))

    def requests(self, agent: str, hour: float, window: str | None) -> None:
        """Requests of a proxy and of an agent's log."""
        self.number += 1
        self.booked.append((agent, hour, window))
        n = self.number
        event = codec.make(
            ProxyRequest,
            **{"ts": at(hour), "rid": f"r{n % 5}", "lane": None, "model": None, "status": None},
            **{"input_tokens": n % 3 or None, "output_tokens": n, "reason": None},
            **{"latency_ms": float(n % 4), "routed": n % 2 == 0, "ok": True},
            **{"agent": agent, "window": window},
        )
        self.proxy.append(msgspec.structs.replace(event, id=f"t-{n:016x}"))
        self.append("proxy_telemetry", self.proxy[-1])
        tokens = Tokens(n)
        first = usage_row(at(hour), tokens, agent=agent, window=window)
        more = {"first": first.id, "supersedes": first.id, "superseded": replaced(tokens)}
        later = usage_row(at(hour), Tokens(n + 1), agent=agent, window=window, **more)
        rows = [first, later] if n % 3 == 0 else [first]
        self.used.append(rows[-1])
        self.append("agent_usage", *rows)

    def name(self, number: int, window: str) -> None:
        """Move a request to a window, as `ingest --window` does."""
        if not self.booked:
            return
        at_index = number % len(self.booked)
        agent, hour, _ = self.booked[at_index]
        self.booked[at_index] = agent, hour, window
        self.number += 1
        old = self.proxy[at_index]
        self.proxy[at_index] = msgspec.structs.replace(
            old,
            **{"id": f"t-{self.number:016x}", "window": window},
            **{"supersedes": old.id, "window_before": old.window},
        )
        self.append("proxy_telemetry", self.proxy[at_index])
        used = self.used[at_index]
        places = {name: getattr(used, name) for name in Where.__struct_fields__}
        tokens = Superseded(input_tokens=used.input_tokens, where=Where(**places))
        row = usage_row(used.ts, Tokens(used.input_tokens), agent=agent, window=window)
        more = {"first": used.first or used.id, "supersedes": used.id, "superseded": tokens}
        self.used[at_index] = msgspec.structs.replace(row, **more)
        self.append("agent_usage", self.used[at_index])

    def content(self, store: Store) -> Any:
        """The tables that depend on windows, as `check` compares them."""
        rows: list[Any] = []
        for projection in (USAGE, telemetry(self.root), features(self.root)):
            database = store.view(projection)
            for select in projection.content:
                rows.append(sorted(map(str, database.execute(select.format(schema="main")))))
            if projection.digest is not None:
                rows.append(projection.digest(database, "main"))
        return rows

    def counts(self, store: Store) -> tuple[Counter[str | None], Counter[str | None]]:
        """How many requests each window has: of the proxy, and of agents' logs."""
        proxy: Counter[str | None] = Counter({None: requests_without_window(store)})
        for window in ("A1", "A2", "B1", "X"):
            traffic = window_traffic(store, window)
            sums = traffic.groups.values() if traffic else ()
            proxy[window] = sum(group.requests for group in sums)
        used: Counter[str | None] = Counter()
        for _, origin, sums in cells(store):
            used[origin.window] += sums.requests
        return +proxy, +used

    def expected(self, windows: Sequence[Span]) -> Counter[str | None]:
        """The same by the rule."""
        counts: Counter[str | None] = Counter()
        for agent, hour, named in self.booked:
            inside = [span for span in windows if span.starts_at <= at(hour) < span.ends_at]
            own = [span for span in inside if agent in span.agents]
            best = max(own or inside, default=None)
            counts[named or (best and best.window)] += 1
        return counts


HOURS = st.integers(-4, 40).map(lambda n: n / 2)
WINDOWS = st.sampled_from(["A1", "A2", "B1"])
AGENTS = st.sampled_from(["ada", "bo", "cy"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("requests"), AGENTS, HOURS, st.sampled_from([None, None, None, "X"])),
        st.tuples(st.just("start"), AGENTS, WINDOWS, HOURS),
        st.tuples(st.just("declare"), WINDOWS, st.one_of(st.none(), HOURS)),
        st.tuples(st.just("void")),
        st.tuples(st.just("name"), st.integers(0, 9), st.sampled_from(["A1", "X"])),
        st.tuples(st.just("read")),
        st.tuples(st.just("look")),
    ),
    max_size=14,
)


@settings(max_examples=60, deadline=None)
@given(STEPS, st.booleans())
def test_in_any_order_the_tables_are_those_of_a_rebuild(steps: list[Any], are_small: bool) -> None:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        if are_small:  # blocks of few rows
            patch.setattr(time_index, "_SMALL", 1)
            patch.setattr(time_index, "ROWS", 2)
        book = Book(folder)
        for name, *values in [*steps, ("read",)]:
            if name == "look":  # without the tables of costs, which fall behind
                store = book.store()
                book.counts(store)
                store.close()
            elif name == "read":
                store = book.store()
                content, counts = book.content(store), book.counts(store)
                windows = spans.spans(book.config, SnapshotIndex(store.view(SNAPSHOTS)))
                store.close()
            else:
                getattr(book, name)(*values)
        assert counts == (book.expected(windows), book.expected(windows))
        assert content == book.content(book.store(in_memory=True))


def test_rows_summed_by_windows_that_changed_since_are_read_again(tmp_path: Path) -> None:
    book = Book(str(tmp_path))
    store = book.store()
    feed = Config(str(ROOT / "config")).feed("proxy-telemetry")
    assert isinstance(feed, Feed)
    names = ("proxy-telemetry", decoder.compile_feed(feed), feed.identity, "ada")
    intake = Intake(store, BatchReader(*names, membership(store)))
    book.start("ada", "A1", 0)  # another command
    line = {"ts": at(1).isoformat(), "rid": "a", "lane": "glm", "model": "glm-4.6", "status": 200}
    line |= {"input_tokens": 1, "output_tokens": 1, "reason": "r", "latency_ms": 5}
    intake.book_chunk(Chunk([json.dumps(line).encode()], 1, 0))
    intake.finish()
    traffic = window_traffic(store, "A1")
    assert traffic is not None
    assert requests_without_window(store) == 0


def test_rows_that_a_second_process_booked_are_not_read_again(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.ok("snapshot", "start", "codex", "--window", "W1", "--set", "5h=1", "--at", str(START))
    feed = Config(str(ROOT / "config")).feed("claude")
    assert isinstance(feed, LogFeed)
    jobs = []
    for name in "ab":
        usage = {"input_tokens": 3, "output_tokens": 1}
        message = {"id": name, "model": "m", "usage": usage}
        line = {"type": "assistant", "timestamp": at(1).isoformat(), "sessionId": name}
        path = tmp_path / f"{name}.jsonl"
        path.write_text(json.dumps(line | {"requestId": name, "message": message}) + "\n")
        jobs.append(Job(Log(str(path), path.stat().st_size, 0), None, len(jobs)))
    monkeypatch.setattr(parallel, "MIN_BYTES", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    config = Config(str(shell.config))
    store = Store(str(shell.book), windows=lambda: spans.source(config))
    store.view(SNAPSHOTS)
    monkeypatch.setattr(Progress, "_rows", lambda self, end: map(pytest.fail, self._lines(end)))
    Run(store, LogReader("claude", feed), Writer(store.root, "claude", "main")).run(jobs)
    assert [origin.window for _, origin, _ in cells(store)] == ["W1", "W1"]
