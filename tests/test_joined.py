"""The journals of several books as one: the same as a real file of the same bytes."""

import multiprocessing
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from burnbook.base.errors import IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec, journal
from burnbook.book.changes import fingerprint
from burnbook.book.joined import parts, store_file
from burnbook.book.joined.path import JoinedPath
from burnbook.book.joined.root import JoinedRoot
from burnbook.store import progress
from burnbook.store.store import Store
from conftest import anomaly
from hypothesis import given
from hypothesis import strategies as st
from test_store import IDS, count

NAME = "anomalies"
BOOKS = ("own", "laptop", "desktop")
ROWS = {
    name: [codec.encode(anomaly(f"{name}-{n}", n, "x" * (n % 90))) for n in range(40)]
    for name in BOOKS
}


def file_of(top: Path, name: str) -> Path:
    return top / name / f"{NAME}.jsonl"


def grow(top: Path, name: str, data: bytes) -> None:
    (top / name).mkdir(exist_ok=True)
    with file_of(top, name).open("ab") as file:
        file.write(data)


def books(top: Path, rows: int = 3) -> Path:
    """Three books with so many rows each."""
    for name in BOOKS:
        grow(top, name, b"".join(ROWS[name][:rows]))
    return top


def joined(top: Path) -> JoinedRoot:
    """The first book and those that it follows, as a new process sees them."""
    return JoinedRoot(str(top / "own"), [str(top / name) for name in BOOKS[1:]])


def path_of(root: str) -> JoinedPath:
    path = journal.path_of(root, NAME)
    assert isinstance(path, JoinedPath)
    return path


def bytes_of(root: JoinedRoot) -> bytes:
    return b"".join(line for _, line in journal.lines(path_of(root)))


class Expected:
    """What readers must see: the whole lines of each book, in the order of their first look."""

    def __init__(self) -> None:
        self.seen = dict.fromkeys(BOOKS, 0)
        self.data = b""

    def look(self, top: Path) -> bytes:
        for name in BOOKS:
            data = file_of(top, name).read_bytes() if file_of(top, name).exists() else b""
            whole = data[: data.rfind(b"\n") + 1]
            self.data += whole[self.seen[name] :]
            self.seen[name] = len(whole)
        return self.data


def compare(top: Path, root: JoinedRoot, data: bytes) -> None:
    """Every function of a journal, of the joined one and of a real file with the same bytes."""
    single = RootedPath(str(top), "single.jsonl")
    Path(str(single)).write_bytes(data)
    path = path_of(root)
    assert journal.size(path) == len(data) == journal.size(single)
    lines = list(journal.lines(single))
    assert list(journal.lines(path)) == lines
    assert [line for _, each in journal.batches(path) for line in each] == [x for _, x in lines]
    for offset, line in lines[:: max(1, len(lines) // 5)]:
        assert list(journal.lines(path, offset)) == list(journal.lines(single, offset))
        end = offset + len(line)
        # Across the borders of parts, and beyond the end.
        spans = [(offset, len(line)), (max(0, end - 300), 400), (len(data) - 2, 9), (len(data), 1)]
        assert journal.at(path, spans) == journal.at(single, spans)
        assert progress.mark(path, end) == progress.mark(single, end)
    ids = [codec.read(NAME, line).id for _, line in lines[::3]]
    assert journal.find(path, [*ids, "a-000"]) == journal.find(single, [*ids, "a-000"])


STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(BOOKS), st.integers(1, 1500)),
        st.sampled_from(["look", "new process", "no cache"]),
    ),
    max_size=16,
)


@given(steps=STEPS)
def test_a_joined_journal_is_read_like_a_file_of_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int] | str]
) -> None:
    top = books(tmp_path_factory.mktemp("joined"), 0)
    ahead = {name: b"".join(rows) for name, rows in ROWS.items()}
    root, expected = joined(top), Expected()
    for step in [*steps, "look", "new process", "look"]:
        if step == "look":
            compare(top, root, expected.look(top))
        elif step == "new process":
            root = joined(top)
        elif step == "no cache":
            shutil.rmtree(top / "own" / "cache", ignore_errors=True)
            root, expected = joined(top), Expected()
        else:
            name, length = step  # a row is often cut, and completed later
            grow(top, name, ahead[name][:length])
            ahead[name] = ahead[name][length:]


def test_an_empty_book_follows_others_and_is_created_by_no_reader(tmp_path: Path) -> None:
    for name in BOOKS[1:]:
        grow(tmp_path, name, ROWS[name][0])
    assert bytes_of(joined(tmp_path)) == ROWS["laptop"][0] + ROWS["desktop"][0]
    assert not (tmp_path / "own").exists()
    assert count(Store(joined(tmp_path))) == 2
    assert not (tmp_path / "own").exists()


def shrink(path: Path) -> None:
    os.truncate(path, len(ROWS["laptop"][0]))


def replace(path: Path) -> None:
    path.write_bytes(b"".join(ROWS["laptop"][7:12]))


def edit(path: Path) -> None:
    """The same size, another row."""
    other = codec.encode(anomaly("laptop-8", 1, "x"))
    assert len(other) == len(ROWS["laptop"][1])
    path.write_bytes(ROWS["laptop"][0] + other + ROWS["laptop"][2])
    os.utime(path, (1, 1))


def disappear(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("change", [shrink, replace, edit, disappear])
def test_a_followed_journal_that_changed_is_read_again(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    books(tmp_path)
    before = path_of(joined(tmp_path)).generation
    assert count(Store(joined(tmp_path))) == 9
    change(file_of(tmp_path, "laptop"))
    root = joined(tmp_path)
    data = b"".join(
        file_of(tmp_path, n).read_bytes()
        for n in BOOKS
        if n != "laptop" or file_of(tmp_path, n).exists()
    )
    assert sorted(bytes_of(root).splitlines()) == sorted(data.splitlines())
    assert path_of(root).generation != before
    store = Store(root)
    rows = {row for (row,) in store.view(IDS).execute("SELECT id FROM test_ids")}
    assert rows == {codec.read(NAME, line + b"\n").id for line in data.splitlines()}
    assert not store.in_memory


def test_a_book_that_is_no_longer_followed_leaves_the_tables(tmp_path: Path) -> None:
    books(tmp_path)
    assert count(Store(joined(tmp_path))) == 9
    fewer = JoinedRoot(str(tmp_path / "own"), [str(tmp_path / "desktop")])
    assert count(Store(fewer)) == 6
    assert count(Store(joined(tmp_path))) == 9
    assert count(Store(str(tmp_path / "own"))) == 3


def test_two_readers_extend_the_same_parts(tmp_path: Path) -> None:
    books(tmp_path)
    first, second = Store(joined(tmp_path)), Store(joined(tmp_path))
    assert count(first) == count(second) == 9
    for number in range(3, 13):
        grow(tmp_path, BOOKS[number % 3], ROWS[BOOKS[number % 3]][number])
        assert count((first, second)[number % 2]) == number + 7
    assert count(first) == count(second) == 19
    roots = [store.root for store in (first, second)]
    assert all(isinstance(root, JoinedRoot) for root in roots)
    assert bytes_of(roots[0]) == bytes_of(roots[1]) == bytes_of(joined(tmp_path))
    assert not first.in_memory and not second.in_memory


def test_a_reader_goes_on_while_another_rebuilds(tmp_path: Path) -> None:
    books(tmp_path)
    old = joined(tmp_path)
    before = bytes_of(old)
    edit(file_of(tmp_path, "laptop"))
    new = joined(tmp_path)
    assert bytes_of(new) != before
    grow(tmp_path, "desktop", ROWS["desktop"][3])
    # Its offsets stay those of its own parts, so it cannot see the new row.
    assert journal.size(path_of(old)) == len(before)
    assert bytes_of(new).endswith(ROWS["desktop"][3])


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", os.urandom(200), b'{"generation":"x"}'])
def test_damaged_parts_are_built_again(tmp_path: Path, damage: bytes) -> None:
    books(tmp_path)
    before = bytes_of(joined(tmp_path))
    assert count(Store(joined(tmp_path))) == 9
    kept = tmp_path / "own" / "cache" / "followed" / "parts" / f"{NAME}.json"
    kept.write_bytes(damage)
    assert bytes_of(joined(tmp_path)) == before
    assert count(Store(joined(tmp_path))) == 9


def test_parts_that_do_not_fit_together_are_not_used() -> None:
    seen = parts.Seen("", 10, "", None)
    assert parts.decode(b'{"generation":"x","books":[],"parts":[[0,0,5]]}') is None
    for listed in ([(0, 0, 5)], [(0, 0, 5), (0, 6, 10)], [(0, 5, 10)], [(1, 0, 10)], [(0, 10, 0)]):
        wrong = parts.Parts("x", (seen,), tuple(parts.Part(*each) for each in listed))
        assert parts.decode(parts.encode(wrong)) is None
    right = parts.Parts("x", (seen,), (parts.Part(0, 0, 5), parts.Part(0, 5, 10)))
    assert parts.decode(parts.encode(right)) == right


def test_too_many_parts_become_one_for_each_book(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "MOST_PARTS", 5)
    books(tmp_path, 1)
    for number in range(1, 9):
        for name in BOOKS:
            grow(tmp_path, name, ROWS[name][number])
            assert count(Store(joined(tmp_path))) <= 27
    assert count(Store(joined(tmp_path))) == 27


def test_without_a_writable_cache_the_tables_are_in_memory(tmp_path: Path) -> None:
    books(tmp_path)
    (tmp_path / "own" / "cache").write_text("not a directory")
    root = joined(tmp_path)
    store = Store(root)
    assert count(store) == 9
    assert store.in_memory
    grow(tmp_path, "laptop", ROWS["laptop"][3])
    assert count(store) == 10
    assert bytes_of(root).endswith(ROWS["laptop"][3])


def test_parts_that_cannot_be_kept_do_not_reach_the_file_of_others(tmp_path: Path) -> None:
    books(tmp_path)
    assert count(Store(joined(tmp_path))) == 9
    folder = tmp_path / "own" / "cache" / "followed" / "parts"
    shutil.rmtree(folder)
    folder.write_text("not a directory")
    store = Store(joined(tmp_path))
    assert count(store) == 9
    assert store.in_memory


def link(source: Path) -> None:
    source.rename(source.parent / "real")
    source.symlink_to(source.parent / "real")


def missing(source: Path) -> None:
    shutil.rmtree(source)


def plain_file(source: Path) -> None:
    missing(source)
    source.write_text("")


def empty(source: Path) -> None:
    missing(source)
    source.mkdir()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (link, "is a symbolic link"),
        (missing, "does not exist"),
        (plain_file, "is not a directory"),
        (empty, "has no journal"),
    ],
)
def test_a_source_that_is_no_book_is_named_and_left_out(
    tmp_path: Path, change: Callable[[Path], None], sentence: str
) -> None:
    books(tmp_path)
    change(tmp_path / "laptop")
    root = joined(tmp_path)
    [(source, fault)] = root.faults.items()
    assert source == str(tmp_path / "laptop")
    assert f"{source} {sentence}" in fault
    assert bytes_of(root) == b"".join([*ROWS["own"][:3], *ROWS["desktop"][:3]])


def test_a_book_counts_once_however_often_it_is_listed(tmp_path: Path) -> None:
    books(tmp_path)
    sources = [str(tmp_path / name) for name in ("own", "laptop", "laptop/../laptop")]
    root = JoinedRoot(str(tmp_path / "own"), sources)
    assert root.sources == (str(tmp_path / "laptop"),)
    assert root.faults == {}
    assert bytes_of(root) == b"".join([*ROWS["own"][:3], *ROWS["laptop"][:3]])


@pytest.mark.parametrize("kind", ["link", "fifo", "directory"])
def test_a_followed_journal_that_is_no_file_is_named(tmp_path: Path, kind: str) -> None:
    books(tmp_path)
    path = file_of(tmp_path, "laptop")
    path.rename(tmp_path / "kept")
    if kind == "link":
        path.symlink_to(tmp_path / "kept")
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.mkdir()
    root = joined(tmp_path)
    assert bytes_of(root) == b"".join([*ROWS["own"][:3], *ROWS["desktop"][:3]])
    [fault] = root.faults.values()
    assert str(path) in fault


def test_an_own_journal_that_is_a_link_is_an_error(tmp_path: Path) -> None:
    books(tmp_path)
    file_of(tmp_path, "own").rename(tmp_path / "kept")
    file_of(tmp_path, "own").symlink_to(tmp_path / "kept")
    with pytest.raises(IOFault, match="symbolic link"):
        path_of(joined(tmp_path))


def test_no_followed_book_is_written(tmp_path: Path) -> None:
    books(tmp_path)
    before = [sorted(os.listdir(tmp_path / name)) for name in BOOKS[1:]]
    assert count(Store(joined(tmp_path))) == 9
    assert [sorted(os.listdir(tmp_path / name)) for name in BOOKS[1:]] == before
    assert store_file.path_of(joined(tmp_path)).status() is not None
    assert RootedPath(str(tmp_path / "own"), store_file.FILE).status() is None


def test_the_fingerprint_changes_with_a_followed_book(tmp_path: Path) -> None:
    books(tmp_path)
    root = joined(tmp_path)
    seen = [fingerprint(root)]
    for name in BOOKS:
        grow(tmp_path, name, ROWS[name][3])
        seen.append(fingerprint(root))
    assert len(set(seen)) == 4
    grow(tmp_path, "laptop", ROWS["laptop"][4])
    assert fingerprint(str(tmp_path / "own")) == fingerprint(str(tmp_path / "own"))
    assert len(fingerprint(str(tmp_path / "own"))) == 1


def randomize(path: Path) -> None:
    path.write_bytes(os.urandom(path.stat().st_size))


@pytest.mark.parametrize("damage", [Path.unlink, randomize, lambda path: os.truncate(path, 10)])
def test_a_damaged_store_of_several_books_is_built_again(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    books(tmp_path)
    assert count(Store(joined(tmp_path))) == 9
    damage(Path(str(store_file.path_of(joined(tmp_path)))))
    for _ in range(2):
        store = Store(joined(tmp_path))
        assert count(store) == 9
    assert not store.in_memory


def _read_until(top: Path, rows: int, results: "multiprocessing.Queue[list[int]]") -> None:
    """A process that reads the growing books, sometimes as a new process would."""
    counts, store = [0], Store(joined(top))
    while counts[-1] < rows:
        if counts[-1] % 3 == 0:
            store.close()
            store = Store(joined(top))
        counts.append(count(store))
        time.sleep(0.01)  # a command does more than this loop
    results.put([*counts, len(bytes_of(joined(top)).splitlines())])


def test_readers_at_the_same_time_see_every_row_once(tmp_path: Path) -> None:
    books(tmp_path, 1)
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    readers = [context.Process(target=_read_until, args=(tmp_path, 48, results)) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(1, 16):
        for position, name in enumerate(BOOKS, start=1):
            grow(tmp_path, name, ROWS[name][number])
            assert count(Store(joined(tmp_path))) == 3 * number + position
    for _ in readers:
        seen = results.get(timeout=300)
        assert seen == sorted(seen)
        assert set(seen[-2:]) == {48}
    for reader in readers:
        reader.join()
    assert count(Store(joined(tmp_path))) == 48
