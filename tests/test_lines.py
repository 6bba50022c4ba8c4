"""Lines out of streams: whole, numbered, in bounded memory."""

import os
import random
import threading
from pathlib import Path

import pytest
from burnbook.jsonl import chunks
from burnbook.jsonl.chunks import Reader
from hypothesis import given
from hypothesis import strategies as st

piece = st.binary(max_size=120).map(lambda data: data.replace(b"\n", b""))


def read(data: bytes, offset: int = 0, limit: int | None = None) -> tuple[list[bytes], Reader]:
    handle = os.memfd_create("lines")
    try:
        os.write(handle, data)
        reader = Reader(handle, offset, limit)
        lines: list[bytes] = []
        for chunk in reader.chunks():
            assert chunk.number == len(lines) + 1
            lines += chunk.lines
            assert data[: chunk.end].endswith(b"\n")
        return lines, reader
    finally:
        os.close(handle)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK", 64)
    monkeypatch.setattr(chunks, "MAX_LINE", 50)


@given(st.lists(piece), piece)
def test_every_line_comes_once_and_the_rest_is_partial(whole: list[bytes], rest: bytes) -> None:
    data = b"".join(line + b"\n" for line in whole) + rest
    data = data.removeprefix(b"\xef\xbb\xbf")
    lines, reader = read(data)
    assert lines == data.split(b"\n")[:-1]
    assert reader.partial == data.split(b"\n")[-1]


@pytest.mark.usefixtures("small")
def test_an_overlong_line_is_cut_but_still_too_long() -> None:
    maker = random.Random(7)
    for _ in range(500):
        whole = [b"x" * maker.choice((0, 1, 49, 50, 51, 90, 400)) for _ in range(8)]
        lines, _ = read(b"".join(line + b"\n" for line in whole))
        assert len(lines) == len(whole)
        for given_back, line in zip(lines, whole, strict=True):
            assert given_back == line or (50 < len(given_back) < len(line))


def test_a_line_of_a_hundred_megabytes_is_not_held() -> None:
    read_end, write_end = os.pipe()

    def write() -> None:
        for _ in range(100):
            os.write(write_end, b"x" * (1 << 20))
        os.write(write_end, b"\nshort\n")
        os.close(write_end)

    writer = threading.Thread(target=write)
    writer.start()
    reader = Reader(read_end)
    lines = [line for chunk in reader.chunks() for line in chunk.lines]
    writer.join()
    os.close(read_end)
    assert [len(line) for line in lines] == [2 * chunks.MAX_LINE, 5]


def test_a_part_of_a_file_ends_at_its_limit() -> None:
    lines, reader = read(b"one\ntwo\nthree\nfour\n", offset=4, limit=14)
    assert (lines, reader.partial) == ([b"two", b"three"], b"")


def test_a_byte_order_mark_is_left_out_only_at_the_start() -> None:
    mark = b"\xef\xbb\xbf"
    assert read(mark + b"one\n" + mark + b"two\n")[0] == [b"one", mark + b"two"]


def test_a_paused_pipe_returns_the_data_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "_PAUSE", 0.05)
    read_end, write_end = os.pipe()
    os.write(write_end, b"one\n")
    source = Reader(read_end).chunks()
    assert next(source).lines == [b"one"]
    os.write(write_end, b"two\n")
    os.close(write_end)
    assert next(source).lines == [b"two"]
    os.close(read_end)


def test_two_readers_of_a_file_do_not_affect_each_other(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"".join(b"%d\n" % n for n in range(10)))
    with path.open("rb") as file:
        first, second = Reader(file.fileno(), 0, 10), Reader(file.fileno(), 10)
        assert next(second.chunks()).lines == [b"5", b"6", b"7", b"8", b"9"]
        assert next(first.chunks()).lines == [b"0", b"1", b"2", b"3", b"4"]
