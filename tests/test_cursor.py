"""Where reading continues in a log that is rotated, truncated or rewritten."""

from pathlib import Path

import pytest
from burnbook.jsonl import follow
from burnbook.jsonl.follow import Cursor, Part, Trail
from msgspec import structs

LINES = "".join(f'{{"n":{n}}}\n' for n in range(100))


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "usage.jsonl"
    path.write_text(LINES)
    return path


def read_all(path: Path) -> Cursor:
    return follow.at(str(path), path.stat().st_size, path.read_text().count("\n"))


def parts(known: Cursor, log: Path) -> list[Part]:
    root = str(log.parent / "book")
    follow.save(root, "proxy", known)
    return Trail(root, "proxy", str(log)).parts


def test_a_file_seen_for_the_first_time_is_read_from_its_start(log: Path) -> None:
    assert parts(Cursor(), log) == [Part(str(log), 0, 1)]


def test_a_grown_file_is_read_from_the_last_offset(log: Path) -> None:
    known = read_all(log)
    with log.open("a") as file:
        file.write("more\n")
    assert parts(known, log) == [Part(str(log), len(LINES), 101)]


def test_the_rest_of_a_renamed_file_comes_before_the_new_one(log: Path) -> None:
    known = read_all(log)
    old = log.with_name("usage.jsonl.1")
    log.rename(old)
    with old.open("a") as file:
        file.write("last words\n")
    log.write_text("new\n")
    assert parts(known, log) == [Part(str(old), len(LINES), 101), Part(str(log), 0, 1)]


def test_files_that_came_and_went_between_two_calls_are_read_too(log: Path) -> None:
    known = read_all(log)
    oldest, middle = log.with_name("usage.jsonl.2"), log.with_name("usage.jsonl.1")
    log.with_name("usage.jsonl.3").write_text("read long ago\n")
    known = structs.replace(known, beside=[follow._status(str(log.with_name("usage.jsonl.3")))])
    log.with_name("usage.jsonl.4.gz").write_text("packed")
    log.with_name("usage_other.jsonl").write_text("another log\n")
    log.rename(oldest)
    middle.write_text("middle\n")
    log.write_text("new\n")
    assert parts(known, log) == [
        Part(str(oldest), len(LINES), 101),
        Part(str(middle), 0, 1),
        Part(str(log), 0, 1),
    ]
    oldest.unlink()
    assert [Path(p.path).name for p in parts(known, log)][-1] == "usage.jsonl"


def test_reading_continues_in_the_copy_of_a_truncated_file(log: Path) -> None:
    known = read_all(log)
    copy = log.with_name("usage-20261122.jsonl")
    copy.write_text(LINES + "late\n")
    log.write_text("")
    assert parts(known, log) == [Part(str(copy), len(LINES), 101), Part(str(log), 0, 1)]


def test_a_rewritten_file_is_read_again_however_long_it_is(log: Path) -> None:
    known = read_all(log)
    for old in ('"n":50', '"n":99'):
        log.write_text(LINES.replace(old, '"n":0') * 2)
        assert parts(known, log) == [Part(str(log), 0, 1)]


def test_a_new_file_that_is_shorter_is_read_from_its_start(log: Path) -> None:
    known = read_all(log)
    log.write_text(LINES[:200])
    assert parts(known, log) == [Part(str(log), 0, 1)]


def test_a_file_that_is_gone_leaves_its_old_name(log: Path) -> None:
    known = read_all(log)
    log.rename(log.with_name("usage.jsonl.1"))
    assert [Path(p.path).name for p in parts(known, log)] == ["usage.jsonl.1"]
    assert parts(Cursor(), log) == []


def test_a_cursor_comes_back_as_it_was_kept(log: Path, tmp_path: Path) -> None:
    known = read_all(log)
    follow.save(str(tmp_path / "book"), "proxy", known)
    assert follow.load(str(tmp_path / "book"), "proxy") == known
    Path(str(follow.path_of(str(tmp_path / "book"), "proxy"))).write_text("{")
    assert follow.load(str(tmp_path / "book"), "proxy") == Cursor()


def test_a_line_that_comes_late_into_a_renamed_file_is_read(log: Path, tmp_path: Path) -> None:
    root = str(tmp_path / "book")
    old = log.with_name("usage.jsonl.1")
    first = Trail(root, "proxy", str(log))
    first.done(first.parts[0], len(LINES), 100)
    log.rename(old)
    log.write_text("new\n")
    for part in Trail(root, "proxy", str(log)).parts:
        size = Path(part.path).stat().st_size
        Trail(root, "proxy", str(log)).done(part, size, 1)
    assert [part.path for part in Trail(root, "proxy", str(log)).parts] == [str(log)]
    with old.open("a") as file:  # a process that still has it open
        file.write("late\n")
    assert [Path(part.path) for part in Trail(root, "proxy", str(log)).parts] == [old, log]


def test_lines_of_equal_length_and_ending_are_distinguished(log: Path) -> None:
    lines = [f'{{"rid":{n:04},"reason":"{"the same in each line " * 5}"}}\n' for n in range(40)]
    log.write_text("".join(lines))
    known = read_all(log)
    log.write_text("".join([*lines[:20], *(line.replace('"rid":0', '"rid":1') for line in lines)]))
    assert parts(known, log) == [Part(str(log), 0, 1)]
