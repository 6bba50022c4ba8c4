"""What is known of agents' files: which of them changed, and what is kept between two calls."""

import os
import random
from pathlib import Path
from typing import Any

import msgspec
import pytest
from burnbook.config.agent_logs import LogFeed
from burnbook.jsonl.known import listing, state
from burnbook.jsonl.known.look import Look
from burnbook.jsonl.known.state import IDLE, Remembered
from burnbook.jsonl.sources import NOT_READ, Log, Source, encoded

LATER = 4_000_000_000.0  # epoch seconds, when every file is finished
FEED: dict[str, Any] = {
    "journal": "agent_usage",
    "roots": ["~/otter"],
    "files": ["logs/**/*.jsonl", "logs/**/*.json", "logs/first-*"],
}


@pytest.fixture
def feed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LogFeed:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "otter/logs/a").mkdir(parents=True)
    return msgspec.convert(FEED, LogFeed)


def read(log: Log, session: int = 0, **values: Any) -> Source:
    """What a read of a file gives."""
    given = {"is_finished": True, "gave_at": log.mtime_ns, "ends": {session: 1.0}, **values}
    return Source(**{"size": log.size, "mtime_ns": log.mtime_ns, **given})


def ingest(book: Path, feed: LogFeed, **values: Any) -> list[str]:
    """Read what changed, and keep it. Returns the paths, from the folder of logs on."""
    with state.opened(str(book), "otter", feed) as known:
        look = Look(feed, known, {})
        logs = [each.log for each in look.changed(LATER)]
        known.update({log.path: encoded(read(log, n, **values)) for n, log in enumerate(logs)})
        if look.settle():
            state.save(str(book), "otter", feed, known)
        return [log.path.partition("/logs/")[2] for log in logs]


def ended(ends: dict[int, float]) -> msgspec.Raw:
    """The state of a file with these ends of sessions."""
    return encoded(Source(1, 1, ends=ends))


def known_now(book: Path, feed: LogFeed) -> dict[str, Source]:
    with state.opened(str(book), "otter", feed) as known:
        return dict(known.all())


def test_random_changes_are_noticed_as_without_columns(tmp_path: Path, feed: LogFeed) -> None:
    chance, logs, expected = random.Random(7), tmp_path / "otter/logs", {}
    for _ in range(150):
        path = logs / chance.choice(("", "a", "b/c", "d")) / f"{chance.randrange(9)}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        action = chance.randrange(5)
        if action == 0:
            path.unlink(missing_ok=True)
        elif action == 1 and path.exists():
            path.rename(path.with_name(f"{chance.randrange(9)}.jsonl"))
        elif action < 4:
            path.write_bytes(b"x" * chance.randrange(1, 4))
            os.utime(path, ns=(0, chance.randrange(1, 4)))
        now = {str(log.path): (log.size, log.mtime_ns) for log in listing.logs(feed)}
        assert now.keys() == {str(each) for each in logs.rglob("*.jsonl")}
        differing = [path for path, status in now.items() if expected.get(path) != status]
        read_now = ingest(tmp_path, feed)
        assert sorted(read_now) == sorted(path.partition("/logs/")[2] for path in differing)
        expected |= now
        kept = known_now(tmp_path, feed)
        assert {path: (each.size, each.mtime_ns) for path, each in kept.items()} == expected


def test_unchanged_folders_are_compared_without_their_records(
    tmp_path: Path, feed: LogFeed
) -> None:
    for name in ("a/1", "a/2", "b/1"):
        path = tmp_path / f"otter/logs/{name}.jsonl"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    assert len(ingest(tmp_path, feed)) == 3
    before = (tmp_path / "cache/otter.sources").stat().st_ino
    assert ingest(tmp_path, feed) == []
    assert (tmp_path / "cache/otter.sources").stat().st_ino == before
    (tmp_path / "otter/logs/b/1.jsonl").write_bytes(b"xy")
    with state.opened(str(tmp_path), "otter", feed) as known:
        look = Look(feed, known, {})
        assert [each.log.size for each in look.changed(LATER)] == [2]
        needed = {Path(folder).name for folder in look.folders if known.is_needed(folder)}
    assert needed == {"b"}


def test_a_file_that_comes_back_as_it_was_is_not_read_again(tmp_path: Path, feed: LogFeed) -> None:
    path = tmp_path / "otter/logs/a/1.jsonl"
    path.write_bytes(b"x")
    assert ingest(tmp_path, feed) == ["a/1.jsonl"]
    path.rename(tmp_path / "away")
    assert ingest(tmp_path, feed) == []
    (tmp_path / "away").rename(path)
    assert ingest(tmp_path, feed) == []


def test_a_file_that_could_not_be_read_or_was_being_written_is_read_again(
    tmp_path: Path, feed: LogFeed
) -> None:
    (tmp_path / "otter/logs/a/1.jsonl").write_bytes(b"x")
    assert ingest(tmp_path, feed, size=NOT_READ) == ["a/1.jsonl"]
    assert ingest(tmp_path, feed, is_finished=False) == ["a/1.jsonl"]
    with state.opened(str(tmp_path), "otter", feed) as known:
        assert Look(feed, known, {}).changed() == []
    assert ingest(tmp_path, feed) == ["a/1.jsonl"]
    assert ingest(tmp_path, feed) == []


def test_a_file_that_two_patterns_or_a_link_show_is_one(tmp_path: Path, feed: LogFeed) -> None:
    logs = tmp_path / "otter/logs"
    (logs / "first-1.jsonl").write_bytes(b"x")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/2.json").write_bytes(b"xy")
    (logs / "linked").symlink_to(tmp_path / "elsewhere")
    (logs / "a/2.json").symlink_to(tmp_path / "elsewhere/2.json")
    (logs / "a/first.jsonl").symlink_to(logs / "first-1.jsonl")
    paths = [log.path for log in listing.logs(feed)]
    expected = [str(logs / "first-1.jsonl"), str(tmp_path / "elsewhere/2.json")]
    assert sorted(paths) == sorted(expected)
    assert len(ingest(tmp_path, feed)) == 2
    assert ingest(tmp_path, feed) == []


def test_a_name_that_is_no_text_is_kept(tmp_path: Path, feed: LogFeed) -> None:
    path = os.fsencode(tmp_path / "otter/logs/a") + b"/\xff\xfe.jsonl"
    with open(path, "wb") as file:
        file.write(b"x")
    assert len(ingest(tmp_path, feed)) == 1
    assert ingest(tmp_path, feed) == []


@pytest.mark.parametrize("damage", ["empty", "cut", "old", "bits", "length"])
def test_a_damaged_file_only_makes_files_be_read_again(
    tmp_path: Path, feed: LogFeed, damage: str
) -> None:
    for name in ("1", "2"):
        (tmp_path / f"otter/logs/a/{name}.jsonl").write_bytes(b"x")
    ingest(tmp_path, feed)
    saved = tmp_path / "cache/otter.sources"
    data = saved.read_bytes()
    changed = {
        "empty": b"",
        "cut": data[:-40],
        "old": msgspec.msgpack.encode([6, 1, {"/a": [1, 2]}, []]),
        "bits": bytes(byte ^ 255 for byte in data),
        "length": (1 << 62).to_bytes(8, "little") + data[8:],
    }
    saved.write_bytes(changed[damage])
    (tmp_path / "otter/logs/a/1.jsonl").write_bytes(b"xy")
    assert "a/1.jsonl" in ingest(tmp_path, feed)
    assert ingest(tmp_path, feed) == []


def test_a_changed_declaration_reads_all_again(tmp_path: Path, feed: LogFeed) -> None:
    (tmp_path / "otter/logs/a/1.jsonl").write_bytes(b"x")
    ingest(tmp_path, feed)
    assert ingest(tmp_path, msgspec.structs.replace(feed, contains=("x",))) == ["a/1.jsonl"]


def test_the_end_of_a_session_is_that_of_the_files_as_they_are_now(
    tmp_path: Path, feed: LogFeed
) -> None:
    known = Remembered()
    known.update({"/a/1": ended({1: 5.0, 2: 7.0}), "/a/2": ended({1: 6.0})})
    assert known.ends() == {1: 6.0, 2: 7.0}
    known.update({"/a/2": ended({1: 9.0})})
    assert known.ends() == {1: 9.0, 2: 7.0}
    known.update({"/a/2": ended({3: 1.0})})
    assert known.ends() == {1: 5.0, 2: 7.0, 3: 1.0}
    state.save(str(tmp_path), "otter", feed, known)
    with state.opened(str(tmp_path), "otter", feed) as again:
        assert again.ends() == {1: 5.0, 2: 7.0, 3: 1.0}


def test_files_to_report_about_are_kept(tmp_path: Path, feed: LogFeed) -> None:
    for name in ("fine", "idle", "damaged", "newest", "older"):
        (tmp_path / f"otter/logs/a/{name}.jsonl").write_bytes(b"x")
    with state.opened(str(tmp_path), "otter", feed) as known:
        look = Look(feed, known, {})
        given: dict[str, dict[str, Any]] = {
            "idle": {"gave_at": 1},
            "damaged": {"fault": "cannot be unpacked"},
            "newest": {"gave_at": 0},
            "older": {"gave_at": 0, "mtime_ns": 5},
        }
        for each in look.changed():
            name = Path(each.log.path).stem
            os.utime(each.log.path, ns=(0, 5 if name == "older" else IDLE + 1))
            values = {"mtime_ns": IDLE + 1, "gave_at": IDLE + 1, **given.get(name, {})}
            known.update({each.log.path: encoded(read(each.log, **values))})
        look = Look(feed, known, {})
        look.settle()
        state.save(str(tmp_path), "otter", feed, known)
    with state.opened(str(tmp_path), "otter", feed) as known:
        look = Look(feed, known, {})
        assert look.changed(LATER) == []
        names = {Path(each.log.path).stem: each.source for each in look.notable()}
        assert names.keys() == {"idle", "damaged", "newest"}
        assert names["damaged"] is not None
        assert names["damaged"].fault == "cannot be unpacked"
        assert (look.count, look.unread, look.gave_at) == (5, 0, IDLE + 1)
