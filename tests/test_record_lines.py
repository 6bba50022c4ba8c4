"""Lines: rows of this version and of a newer one, and what an editor or git adds to a line."""

import zlib

import pytest
from burnbook.base.errors import BadData
from burnbook.book import codec
from burnbook.rows.meters import NewerRow
from test_records import snapshot


def of_version(version: int) -> bytes:
    """The line of a row of a schema, with a crc that holds."""
    body = codec.encode(snapshot()).rpartition(b',"crc"')[0]
    body = body.replace(b'"schema_version":2', b'"schema_version":%d' % version)
    return b'%b,"crc":"%08x"}\n' % (body, zlib.crc32(body))


def test_a_newer_schema_is_not_read_as_ours() -> None:
    with pytest.raises(BadData, match="schema_version is 3"):
        codec.verify("snapshots", of_version(3))


def test_only_a_newer_row_is_read_as_one() -> None:
    row = codec.newer(of_version(3))
    assert row is not None
    assert (row.id, row.schema_version) == (snapshot().id, 3)
    assert codec.newer(of_version(2)) is None
    assert codec.newer(b"no row\n") is None


def test_a_line_is_read_as_a_row_a_newer_row_or_none() -> None:
    assert codec.read("snapshots", codec.encode(row := snapshot())) == row
    later = codec.read("snapshots", of_version(3))
    assert isinstance(later, NewerRow)
    assert (later.id, later.schema_version) == (row.id, 3)
    earlier = codec.read("snapshots", of_version(1))
    assert (earlier.id, earlier.schema_version) == (row.id, 1)
    assert codec.read("snapshots", of_version(0)) is None
    assert codec.read("snapshots", b"no row\n") is None


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b"{}\n", b"{}\n"),
        (b"{}", b"{}"),
        (codec.BOM + b"{} \t\r\n", b"{}\n"),
        (b" {} \r", b" {}"),
        (b" \t\r\n", b""),
        (b"\n", b""),
        (b"", b""),
    ],
)
def test_what_an_editor_adds_to_a_line_is_taken_away(line: bytes, text: bytes) -> None:
    assert codec.plain(line) == text


def test_what_follows_a_crc_that_holds_is_quoted() -> None:
    line = codec.encode(snapshot())
    for end in (b'"}x\n', b'" }\n', b'"}', b""):
        with pytest.raises(BadData) as error:
            codec.verify("snapshots", line[:-3] + end)
        quoted = repr(end)
        assert str(error.value) == f"crc holds, but {quoted} follows it and not '\"}}\\n'"
