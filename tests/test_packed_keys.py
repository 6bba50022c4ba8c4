"""Keys by day in packed tables: those that were added are known, whatever the numbers."""

from datetime import date
from sqlite3 import Connection

import pytest
from burnbook.store import database, packed_keys
from burnbook.store.packed_keys import PackedKeys, digest
from hypothesis import given
from hypothesis import strategies as st

KEYS = st.integers(0, 2**64 - 1)
ADDITIONS = st.lists(st.dictionaries(st.sampled_from(["2026-11-22", "2026-11-23"]), st.sets(KEYS)))


def tables() -> Connection:
    connection = database.open_memory().connection
    for statement in packed_keys.tables("k"):
        connection.execute(statement)
    return connection


@pytest.mark.parametrize(("recent", "waiting"), [(0, 0), (0, 20), (8, 20), (16_000, 0)])
@pytest.mark.parametrize("few", [1, 16, 10**6])
@pytest.mark.parametrize("cached", [0, 10**6])
def test_exactly_the_keys_of_a_day_are_known(
    monkeypatch: pytest.MonkeyPatch, recent: int, waiting: int, few: int, cached: int
) -> None:
    monkeypatch.setattr(packed_keys, "_RECENT", recent)
    monkeypatch.setattr(packed_keys, "_WAITING", waiting)
    monkeypatch.setattr(packed_keys, "_FEW", few)
    monkeypatch.setattr(packed_keys, "_CACHED", cached)

    @given(ADDITIONS, st.sets(KEYS))
    def check(additions: list[dict[str, set[int]]], others: set[int]) -> None:
        connection = tables()
        keys = PackedKeys(connection, "k")
        all_keys: dict[str, set[int]] = {"2026-11-22": set(), "2026-11-24": set()}
        for addition in additions:
            new = {day: of_day - all_keys.get(day, set()) for day, of_day in addition.items()}
            keys.add(new)
            for day, of_day in new.items():
                all_keys[day] = all_keys.get(day, set()) | of_day
            for opened in (keys, PackedKeys(connection, "k")):
                for day, of_day in all_keys.items():
                    assert opened.known(day, of_day | others) == of_day
        sums = {
            date.fromisoformat(day).toordinal(): (len(of_day), sum(of_day))
            for day, of_day in all_keys.items()
            if of_day
        }
        assert {d: s for d, s in digest(connection, "main", "k").items() if s[0]} == sums

    check()


def rows(connection: Connection, table: str, condition: str = "1") -> int:
    [(count,)] = connection.execute(f"SELECT count(*) FROM {table} WHERE {condition}")
    return int(count)


@pytest.mark.parametrize("waiting", [0, 50, 1000])
def test_many_additions_of_few_keys_become_few_rows(
    monkeypatch: pytest.MonkeyPatch, waiting: int
) -> None:
    monkeypatch.setattr(packed_keys, "_RECENT", 10)
    monkeypatch.setattr(packed_keys, "_WAITING", waiting)
    connection = tables()
    for n in range(100):
        PackedKeys(connection, "k").add({f"2026-11-{n % 9 + 10}": [n << 50]})
    assert rows(connection, "k_recent", "addition > 0") <= 10
    assert rows(connection, "k_recent", "addition = 0") <= 9, "one row a day"
    assert (rows(connection, "k_parts") > 0) == (waiting < 100)
    days = [
        PackedKeys(connection, "k").known(f"2026-11-{n % 9 + 10}", [n << 50]) for n in range(100)
    ]
    assert all(days)
