"""Usage of several machines: the figures are the same in every order of rows."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from burnbook.book import codec
from burnbook.rows.usage import AgentUsage, Superseded, Tokens, Where
from burnbook.store.store import Store
from burnbook.usage.booked_rows import row_keys
from burnbook.usage.projection import USAGE
from burnbook.usage.queries import cells
from burnbook.usage.request_index import RequestIndex, look_up
from hypothesis import given, settings
from hypothesis import strategies as st
from machines import Machines, by_id, in_parts, winner
from usagerows import TestStore, usage_row
from xxhash import xxh3_64_intdigest

START = datetime(2026, 11, 21, 23, 50, tzinfo=UTC)
_WHERE = tuple(Where.__struct_fields__)
_FACTS = [name for name in Superseded.__struct_fields__ if name != "where"]


def newest(rows: Sequence[AgentUsage]) -> list[AgentUsage]:
    """The row of each request that counts, by the rule."""
    requests: dict[str, list[AgentUsage]] = {}
    for same in by_id(rows).values():
        row = winner(same)
        requests.setdefault(row.first or row.id, []).append(row)
    return [max(of_request, key=_order) for of_request in requests.values()]


def _order(row: AgentUsage) -> tuple[int, int, int]:
    tokens = row.input_tokens + row.output_tokens
    return row.revision, tokens, row_keys(row.id, row.first)[1]


class Hosts(Machines):
    """Two machines that read the same logs."""

    def __init__(self) -> None:
        super().__init__("ab")
        self.moments = 0

    def book(self, host: str, number: int, moment: int, tokens: int, **fields: Any) -> None:
        """The next row of a request: the first one, or one with more tokens."""
        known = [row for row in self.books[host] if f"{number:016x}" in (row.first or row.id)]
        amounts = Tokens(
            input_tokens=tokens, output_tokens=1, usd=tokens / 8 if tokens % 2 else None
        )
        row = usage_row(START + timedelta(minutes=number), amounts, **fields)
        row = msgspec.structs.replace(
            row, id=f"u-{number:016x}", host=host, recorded_at=START + timedelta(hours=moment)
        )
        if known:
            [old] = newest(known)
            total = tokens + 1
            first, revision = old.first or old.id, old.revision + 1
            if total <= old.input_tokens + old.output_tokens and row.window == old.window:
                return
            where = Where(**{name: getattr(old, name) for name in _WHERE})
            values = {name: getattr(old, name) for name in _FACTS}
            row = msgspec.structs.replace(
                row,
                id=f"u-{xxh3_64_intdigest(f'{first}{revision}{total}'.encode()):016x}",
                agent=old.agent,
                **{"first": first, "revision": revision, "supersedes": old.id},
                superseded=Superseded(**values, where=where),
            )
        self.write(host, row)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("merge"), st.sampled_from(["ab", "ba"])),
        st.tuples(
            st.sampled_from("ab"),
            st.integers(1, 3),
            st.integers(0, 4),
            st.integers(0, 60).map(lambda n: n // 10),
            st.fixed_dictionaries(
                {
                    "window": st.sampled_from([None, None, "W1", "W2"]),
                    "agent": st.sampled_from(["ada", "bo"]),
                    "home": st.sampled_from([None, "~/.claude"]),
                    "session": st.sampled_from("st"),
                    "aliases": st.sampled_from([(), ("00000000000000aa",)]),
                }
            ),
        ),
    ),
    max_size=16,
)
CUTS = st.lists(st.integers(0, 16), max_size=4)


@settings(max_examples=150, deadline=None)
@given(STEPS, st.randoms(), CUTS, st.data())
def test_the_row_that_counts_is_the_same_in_every_order_and_part(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[Any],
    chance: random.Random,
    cuts: list[int],
    data: st.DataObject,
) -> None:
    hosts = Hosts()
    for name, *values in steps:
        if name == "merge":
            hosts.merge(*values[0])
        else:
            *numbers, fields = values
            hosts.book(name, *numbers, **fields)
    rows = hosts.order(chance)
    lines = [codec.encode(row) for row in rows]
    copies = data.draw(st.lists(st.sampled_from(lines), max_size=3)) if lines else []
    book = tmp_path_factory.mktemp("book")
    path = book / "agent_usage.jsonl"

    def read() -> Store:
        store = Store(str(book))
        store.view(USAGE)
        return store

    store = in_parts(path, [*lines, *copies], cuts, read)
    counted = newest(rows)
    plain = [
        msgspec.structs.replace(row, first=None, supersedes=None, superseded=None)
        for row in counted
    ]
    expected = {(quarter, origin): sums for quarter, origin, sums in cells(TestStore(plain))}
    assert {(q, o): sums for q, o, sums in cells(store) if sums.requests} == expected
    skipped = store.skipped["agent_usage"]
    assert skipped.duplicates == len(copies)
    keys = [row_keys(row.id, row.first)[0] & ((1 << 64) - 1) for row in counted]
    half = data.draw(st.integers(0, len(lines)))
    path.write_bytes(b"".join(lines[:half]))
    index = RequestIndex(str(book), look_up(Store(str(book)), str(book), keys))
    path.write_bytes(b"".join(lines))
    index.catch_up()
    for key, row in zip(keys, counted, strict=True):
        entry = index.find(key)
        assert entry is not None
        assert lines.index(codec.encode(row)) == b"".join(lines)[: entry.offset].count(b"\n")
