"""Telemetry of several machines: the figures are the same in every order of rows."""

import random
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import msgspec
import pytest
from burnbook.book import codec, precedence
from burnbook.cost.comparison.tally import Tally
from burnbook.rows.usage import ProxyRequest
from burnbook.store import time_index
from burnbook.store.store import Store
from burnbook.telemetry.costs.projection import features
from burnbook.telemetry.costs.requests import cost_requests
from burnbook.telemetry.projection import telemetry
from burnbook.telemetry.queries import requests_without_window, window_traffic
from hypothesis import given, settings
from hypothesis import strategies as st
from machines import Machines, by_id, in_parts, winner
from test_membership import Book, at
from xxhash import xxh3_64_intdigest

_WINDOWS = ("A1", "A2", "W1", "W2")


def counted(rows: Sequence[ProxyRequest]) -> list[ProxyRequest]:
    """The row of each request that counts, by the rule."""
    best = {row_id: winner(same) for row_id, same in by_id(rows).items()}
    parents = {row.id: row.supersedes for row in rows if row.supersedes}
    requests: dict[str, list[ProxyRequest]] = {}
    for row_id, row in best.items():
        root = row_id
        while root in parents:
            root = parents[root]
        if row_id not in parents.values():
            requests.setdefault(root, []).append(row)
    return [max(alive, key=precedence.order) for alive in requests.values()]


class Proxies(Machines):
    """Two machines that read the log of one proxy."""

    def __init__(self) -> None:
        super().__init__("ab")

    def book(self, machine: str, number: int, moment: int, fields: dict[str, Any]) -> None:
        """A request, once on each machine."""
        if all(row.id != f"t-{number:016x}" for row in self.books[machine]):
            self._write(machine, moment, id=f"t-{number:016x}", ts=at(2 * number), **fields)

    def move(self, machine: str, number: int, moment: int, window: str, odd: int) -> None:
        """`ingest --window` of a request; with `odd`, another program's row."""
        known = sorted(counted(self.books[machine]), key=lambda row: row.ts)
        if not known:
            return
        old = known[number % len(known)]
        key = xxh3_64_intdigest(old.id.encode()) ^ odd
        moved = {"window": window, "supersedes": old.id, "window_before": old.window}
        if all(row.id != f"t-{key:016x}" for row in self.books[machine]):
            names = [n for n in ProxyRequest.__struct_fields__ if n not in _STAMPS]
            fields = {name: getattr(old, name) for name in names} | moved
            self._write(machine, moment, id=f"t-{key:016x}", **fields)

    def _write(self, machine: str, moment: int, **fields: Any) -> None:
        stamps = {"id": fields.pop("id"), "host": machine, "recorded_at": at(100 + moment)}
        row = codec.make(ProxyRequest, **fields)
        self.write(machine, msgspec.structs.replace(row, **stamps))


_STAMPS = {"id", "schema_version", "tool_version", "recorded_at", "host"}
FIELDS = st.builds(
    lambda rid, ok, routed, retry, tokens, **more: {
        **{"rid": f"r{rid}", "ok": ok, "routed": routed, "input_tokens": tokens, **more},
        **{"lane": None, "status": None, "reason": None, "output_tokens": 2, "latency_ms": 5.0},
        "extra": {"retry_of": f"r{retry}"} if retry is not None else None,
    },
    st.integers(0, 2),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, None, 0, 1]),
    st.sampled_from([None, 3, 4]),
    model=st.sampled_from(["glm", "opus"]),
    feature=st.sampled_from([None, None, "x", ""]),
    usd=st.sampled_from([None, 0.1, 0.2]),
    window=st.sampled_from([None, None, "W1", "W2"]),
    agent=st.sampled_from(["ada", "bo"]),
)
# What a machine with another configuration books of the same request.
OTHER = st.fixed_dictionaries(
    {},
    optional={
        "routed": st.booleans(),
        "ok": st.booleans(),
        "usd": st.sampled_from([None, 0.1]),
        "window": st.sampled_from([None, "W1", "W2"]),
    },
)
MACHINE, MOMENT = st.sampled_from("ab"), st.integers(0, 5)
ODD = st.sampled_from([0, 0, 1, 2])
STEPS = st.lists(
    st.one_of(
        st.sampled_from([("merge", "a", "b"), ("merge", "b", "a")]),
        st.tuples(st.just("book"), MACHINE, st.integers(0, 3), MOMENT, FIELDS),
        st.tuples(
            st.just("move"), MACHINE, st.integers(0, 3), MOMENT, st.sampled_from(["W1", "W2"]), ODD
        ),
    ),
    min_size=6,
    max_size=14,
)
CUTS = st.lists(st.integers(0, 16), max_size=4)


def figures(store: Store) -> Any:
    """What commands show of telemetry."""
    shown = [(window_traffic(store, name), cost_requests(store, name)) for name in _WINDOWS]
    return requests_without_window(store), _plain(shown)


def _plain(value: Any) -> Any:
    """A value in which tallies can be compared."""
    if isinstance(value, Tally):
        return {name: _plain(getattr(value, name)) for name in Tally.__slots__}
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [*map(_plain, value)] if isinstance(value, list | tuple) else value


def content(store: Store) -> list[Any]:
    """The tables as `check` compares them."""
    tables: list[Any] = []
    for projection in (telemetry(store.root), features(store.root)):
        database = store.view(projection)
        for select in projection.content:
            tables.append(sorted(map(str, database.execute(select.format(schema="main")))))
        assert projection.digest is not None
        tables.append(projection.digest(database, "main"))
    return tables


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(FIELDS, OTHER, MOMENT, MOMENT), min_size=2, max_size=2),
    STEPS,
    st.randoms(),
    CUTS,
    st.booleans(),
    st.data(),
)
def test_the_row_that_counts_is_the_same_in_every_order_and_part(
    tmp_path_factory: pytest.TempPathFactory,
    shared: list[Any],
    steps: list[Any],
    chance: random.Random,
    cuts: list[int],
    are_small: bool,
    data: st.DataObject,
) -> None:
    machines = Proxies()
    for number, (fields, other, *moments) in enumerate(shared):
        for machine, moment, own in zip("ab", moments, (fields, fields | other), strict=True):
            machines.book(machine, number, moment, own)
    for name, *values in steps:
        getattr(machines, name)(*values)
    lines = [codec.encode(row) for row in machines.order(chance)]
    copies = data.draw(st.lists(st.sampled_from(lines), max_size=3)) if lines else []
    look = data.draw(st.lists(st.booleans(), min_size=6, max_size=6))
    ends = data.draw(st.lists(st.integers(0, 9), min_size=6, max_size=6))
    with pytest.MonkeyPatch.context() as patch:
        if are_small:  # blocks of few rows
            patch.setattr(time_index, "_SMALL", 1)
            patch.setattr(time_index, "ROWS", 2)
        book = Book(str(tmp_path_factory.mktemp("order")))
        book.start("ada", "A1", 0)
        book.start("bo", "A2", 3)

        def read() -> Store:
            book.declare("A1", ends.pop() if len(ends) > 1 else 5)
            store = book.store()
            store.view(telemetry(book.root))
            if not look or look.pop():  # without the tables of costs, which fall behind
                store.view(features(book.root))
            return store

        store = in_parts(Path(book.root, "proxy_telemetry.jsonl"), [*lines, *copies], cuts, read)
        book.declare("A1", 5)
        store = book.store()
        shown, tables = figures(store), content(store)
        assert tables == content(book.store(in_memory=True))
        assert store.skipped["proxy_telemetry"].duplicates == len(copies)
    plain = Book(str(tmp_path_factory.mktemp("plain")))
    plain.start("ada", "A1", 0)
    plain.start("bo", "A2", 3)
    plain.declare("A1", 5)
    rows = [
        msgspec.structs.replace(row, supersedes=None, window_before=None)
        for row in counted(machines.rows)
    ]
    plain.append("proxy_telemetry", *rows)
    assert shown == figures(plain.store())


def test_a_retry_is_a_request_as_the_row_that_counts_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_index, "_SMALL", 1)  # a block for each row
    monkeypatch.setattr(time_index, "ROWS", 1)
    proxies = Proxies()
    fields = {"rid": "r", "feature": "f", "lane": None, "model": "glm", "status": None}
    fields |= {"input_tokens": 3, "output_tokens": 2, "reason": None, "latency_ms": 5.0}
    failed = fields | {"rid": "first", "ok": False, "routed": True, "window": "W1"}
    proxies.book("a", 0, 0, failed)
    for machine, moment, is_routed in (("a", 5, False), ("b", 1, True)):
        again = fields | {"ok": True, "routed": is_routed, "window": "W2"}
        proxies.book(machine, 1, moment, again)
    attempt, later, first = (_early(row) for row in proxies.rows)
    assert counted([attempt, later, first]) == [attempt, first]
    shown = set()
    for number, rows in enumerate(permutations([attempt, later, first])):
        for cuts in ([], [1], [2], [1, 2]):
            root = tmp_path / f"{number}-{cuts}"
            root.mkdir()
            lines = [codec.encode(row) for row in rows]

            def read(root: Path = root) -> Store:
                store = Store(str(root))
                store.view(features(str(root)))
                return store

            store = in_parts(root / "proxy_telemetry.jsonl", lines, cuts, read)
            shown.add(str(figures(store)))
            assert content(store) == content(Store(str(root), in_memory=True))
    plain = tmp_path / "plain"
    plain.mkdir()
    path = plain / "proxy_telemetry.jsonl"
    path.write_bytes(codec.encode(attempt) + codec.encode(first))
    assert shown == {str(figures(Store(str(plain))))}


def _early(row: ProxyRequest) -> ProxyRequest:
    """A request, the second of which is some minutes after the first one."""
    return msgspec.structs.replace(row, ts=at(0) + (row.ts - at(0)) / 60)
