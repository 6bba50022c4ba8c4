"""Ids of a large journal: found by their places, whoever wrote or took back rows meanwhile."""

from pathlib import Path

import pytest
from burnbook.book import codec, id_index, journal
from burnbook.book.book import Book
from burnbook.check import derived
from burnbook.rows.meters import Anomaly
from conftest import anomaly


def row(number: int, detail: str = "") -> Anomaly:
    return anomaly(f"{number}", number, detail)


def book_rows(book: Book, numbers: range, detail: str = "") -> list[bool]:
    """Book rows; which of them were new."""
    made = [("anomalies", row(number, detail)) for number in numbers]
    return [booked.is_new for booked in book.commit(lambda: made)]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Journals are large from 4 KiB on."""
    monkeypatch.setattr(id_index, "SMALL", 1 << 12)


@pytest.mark.usefixtures("small")
def test_an_id_is_found_in_the_cache_in_what_came_since_and_without_either(tmp_path: Path) -> None:
    root, cache = str(tmp_path), tmp_path / "cache" / "anomalies.ids"
    for start in range(0, 400, 20):
        assert all(book_rows(Book(root), range(start, start + 20)))
    kept = id_index.IdFold(root, "anomalies")
    assert 0 < kept.saved < kept.offset, "the cache has some of it, and not all"
    assert not any(book_rows(Book(root), range(400)))
    cache.write_bytes(cache.read_bytes()[:-1] + b"\0")
    assert not any(book_rows(Book(root), range(400)))
    cache.unlink()
    assert book_rows(Book(root), range(399, 401)) == [False, True]


@pytest.mark.usefixtures("small")
def test_the_cache_is_what_check_makes_afresh(tmp_path: Path) -> None:
    root = str(tmp_path)
    book_rows(Book(root), range(100))
    id_index.IdFold(root, "anomalies").save(at_once=True)
    [of] = [of for of in derived.of(_config()) if of.file == "anomalies.ids"]
    rebuild = derived.Rebuild(root, of, _config())
    assert rebuild.cached is not None
    for offset, line in journal.lines(journal.path_of(root, "anomalies")):
        rebuild.take(line, codec.decode("anomalies", line), offset)
    assert rebuild.findings() == []
    rebuild.fresh.see(b'{"id":"a-00000000000000000000"', 1)
    assert [one.kind for one in rebuild.findings()] == ["fold"]


def test_rows_that_were_seen_and_taken_back_are_no_rows(tmp_path: Path) -> None:
    """Read without the lock, then rolled back, and longer rows stand in their place."""
    root, path = str(tmp_path), journal.path_of(str(tmp_path), "anomalies")
    book_rows(Book(root), range(3))
    end = journal.size(path)
    journal.append(root, {"anomalies": codec.encode(row(3))})
    seen = id_index.IdFold(root, "anomalies")
    journal.cut(root, "anomalies", end)
    book_rows(Book(root), range(4, 6), "x" * 1000)
    seen.catch_up()
    assert sorted(seen.find([row(n).id for n in range(6)])) == sorted(
        row(n).id for n in (0, 1, 2, 4, 5)
    )


def _config() -> object:
    from burnbook.config.loader import Config

    return Config("/nowhere")
