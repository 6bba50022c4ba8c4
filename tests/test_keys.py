"""The duplicate index: derived, bounded, and never surer than the journal."""

import os
from pathlib import Path

import pytest
from burnbook.book import journal, key_index
from burnbook.book.key_index import Keys


def line(day: str, key: int) -> bytes:
    return b'{"id":"t-%016x","ts":"%b"}\n' % (key, day.encode())


def read(row: bytes) -> tuple[str, int] | None:
    return row[33:43].decode(), int(row[9:25], 16)


def opened(root: Path) -> Keys:
    index = Keys(str(root), "j", "1", read)
    index.catch_up()
    return index


def book(root: Path, index: Keys, day: str, keys: list[int]) -> None:
    journal.append(str(root), {"j": b"".join(line(day, key) for key in keys)})
    index.add({day: keys}, journal.size(journal.path_of(str(root), "j")))


def test_keys_are_known_by_day(tmp_path: Path) -> None:
    index = opened(tmp_path)
    book(tmp_path, index, "2026-11-22", [1, 2, 3])
    for again in (index, opened(tmp_path)):
        assert again.known("2026-11-22", [2, 3, 4]) == {2, 3}
        assert again.known("2026-11-23", [2]) == set()


def test_peek_finds_only_indexed_keys(tmp_path: Path) -> None:
    index = opened(tmp_path)
    assert index.peek("2026-11-22", [1]) == set()
    book(tmp_path, index, "2026-11-22", [1, 2])
    assert index.peek("2026-11-22", [2, 3]) == {2}
    with open(str(index.folder / "2026-11-22"), "ab") as file:
        file.write((7).to_bytes(8, "little"))
    again = opened(tmp_path)
    assert again.peek("2026-11-22", [1, 7]) == {1}
    book(tmp_path, index, "2026-11-22", [3])
    assert again.peek("2026-11-22", [3]) == set()
    again.catch_up()
    assert again.peek("2026-11-22", [3]) == {3}


@pytest.mark.parametrize("damage", ["gone", "short", "torn"])
def test_a_look_passes_over_an_index_that_another_writer_makes_again(
    tmp_path: Path, damage: str
) -> None:
    book(tmp_path, opened(tmp_path), "2026-11-22", [1, 2])
    index = opened(tmp_path)
    path = Path(str(index.folder / "2026-11-22"))
    if damage == "gone":
        path.unlink()
    else:
        os.truncate(path, 8 if damage == "short" else 12)
    assert index.peek("2026-11-22", [1, 2]) == set()
    index.catch_up()
    assert index.known("2026-11-22", [1, 2, 3]) == {1, 2}


def test_rows_that_others_appended_are_taken_in(tmp_path: Path) -> None:
    first, second = opened(tmp_path), opened(tmp_path)
    first.known("2026-11-22", [1])
    book(tmp_path, second, "2026-11-22", [1, 2])
    first.catch_up()
    assert first.known("2026-11-22", [1, 5]) == {1}
    book(tmp_path, first, "2026-11-22", [5])
    second.catch_up()
    assert second.known("2026-11-22", [1, 5]) == {1, 5}


def test_rows_of_a_writer_that_died_before_its_keys_are_read_from_the_journal(
    tmp_path: Path,
) -> None:
    book(tmp_path, opened(tmp_path), "2026-11-22", [1])
    journal.append(str(tmp_path), {"j": line("2026-11-22", 2)})
    assert opened(tmp_path).known("2026-11-22", [1, 2]) == {1, 2}


def test_keys_without_rows_do_not_count(tmp_path: Path) -> None:
    index = opened(tmp_path)
    book(tmp_path, index, "2026-11-22", [1])
    with open(str(index.folder / "2026-11-22"), "ab") as file:
        file.write((7).to_bytes(8, "little"))
    assert opened(tmp_path).known("2026-11-22", [1, 7]) == {1}


def test_a_journal_that_lost_its_end_is_read_afresh(tmp_path: Path) -> None:
    index = opened(tmp_path)
    book(tmp_path, index, "2026-11-22", [1, 2])
    os.truncate(tmp_path / "j.jsonl", len(line("2026-11-22", 1)))
    assert opened(tmp_path).known("2026-11-22", [1, 2]) == {1}
    with (tmp_path / "j.jsonl").open("ab") as file:
        file.write(line("2026-11-22", 9))
    assert opened(tmp_path).known("2026-11-22", [1, 2, 9]) == {1, 9}


def test_a_lost_index_is_rebuilt_before_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_index, "_CATCH_UP", 1)
    journal.append(str(tmp_path), {"j": line("2026-11-22", 1) + line("2026-11-23", 2)})
    index, other = (Keys(str(tmp_path), "j", "1", read) for _ in range(2))
    for keys in (index, other):
        keys.prepare()
    assert not os.path.exists(str(index.folder))
    journal.append(str(tmp_path), {"j": line("2026-11-22", 3)})
    for keys in (index, other):
        keys.catch_up()
        assert keys.known("2026-11-22", [1, 2, 3]) == {1, 3}
        assert keys.head.days == {"2026-11-22": 2, "2026-11-23": 1}


def test_a_truncated_journal_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_index, "_CATCH_UP", 1)
    journal.append(str(tmp_path), {"j": line("2026-11-22", 1) + line("2026-11-22", 2)})
    index = Keys(str(tmp_path), "j", "1", read)
    index.prepare()
    os.truncate(tmp_path / "j.jsonl", len(line("2026-11-22", 1)))
    journal.append(str(tmp_path), {"j": line("2026-11-22", 3) + line("2026-11-22", 4)})
    index.catch_up()
    assert index.known("2026-11-22", [1, 2, 3, 4]) == {1, 3, 4}


@pytest.mark.parametrize("damage", ["gone", "head", "short"])
def test_a_damaged_index_is_rebuilt(tmp_path: Path, damage: str) -> None:
    index = opened(tmp_path)
    book(tmp_path, index, "2026-11-22", [1, 2])
    folder = Path(str(index.folder))
    if damage == "gone":
        for path in folder.iterdir():
            path.unlink()
    elif damage == "head":
        (folder / "head").write_bytes(b"\x00")
    else:
        (folder / "2026-11-22").write_bytes(b"\x00" * 8)
    assert opened(tmp_path).known("2026-11-22", [1, 2, 3]) == {1, 2}


def test_a_large_day_is_searched_and_not_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_index, "_HELD_DAY", 10)
    monkeypatch.setattr(key_index, "_HELD_ALL", 15)
    monkeypatch.setattr(key_index, "_PART", 4)
    index = opened(tmp_path)
    for day in ("2026-11-20", "2026-11-21", "2026-11-22"):
        book(tmp_path, index, day, list(range(9)))
        assert index.known(day, [8, 9]) == {8}
    book(tmp_path, index, "2026-11-22", list(range(100, 150)))
    assert index.known("2026-11-22", [8, 9, 149]) == {8, 149}
    assert sum(map(len, index.held.values())) <= 15
