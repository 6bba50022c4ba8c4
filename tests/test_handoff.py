"""The handoff: between the markers it is ours, and not one byte outside."""

from pathlib import Path

import pytest
from burnbook.base.errors import BadData, IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.ledgers import handoff_file
from burnbook.ledgers.handoff_file import BEGIN, END
from hypothesis import given
from hypothesis import strategies as st

OURS = BEGIN + b"\na\nb\n" + END


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "docs" / "H.md"


def written(page: Path, data: bytes, text: str = "a\nb\n") -> bytes:
    page.parent.mkdir(exist_ok=True)
    page.write_bytes(data)
    handoff_file.check(RootedPath(str(page.parent)) / page.name)
    assert page.read_bytes() == data
    handoff_file.refresh(RootedPath(str(page.parent)) / page.name, text)
    return page.read_bytes()


def test_a_page_is_created_and_refreshed(page: Path) -> None:
    handoff_file.check(RootedPath(str(page.parent)) / page.name)
    assert not page.parent.exists()
    assert handoff_file.refresh(RootedPath(str(page.parent)) / page.name, "a\nb\n")
    assert page.read_bytes() == OURS + b"\n"
    before = page.stat()
    assert not handoff_file.refresh(RootedPath(str(page.parent)) / page.name, "a\nb\n")
    assert page.stat() == before
    assert handoff_file.refresh(RootedPath(str(page.parent)) / page.name, "c")
    assert page.read_bytes() == BEGIN + b"\nc\n" + END + b"\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", OURS + b"\n"),
        (b"# Mine\n", b"# Mine\n\n" + OURS + b"\n"),
        (b"# Mine", b"# Mine\n\n" + OURS + b"\n"),
        (b"\xef\xbb\xbf", b"\xef\xbb\xbf" + OURS + b"\n"),
        (b"# Mine\r\n", b"# Mine\r\n\r\n" + OURS.replace(b"\n", b"\r\n") + b"\r\n"),
        (b"x\r", b"x\r\r\n\r\n" + OURS.replace(b"\n", b"\r\n") + b"\r\n"),
        (b"x" + BEGIN + END + b"y", b"x" + OURS + b"y"),
        (
            b"1\r\n" + BEGIN + b"old\n" + END + b"\xff",
            b"1\r\n" + OURS.replace(b"\n", b"\r\n") + b"\xff",
        ),
    ],
)
def test_where_the_section_goes(page: Path, before: bytes, after: bytes) -> None:
    assert written(page, before) == after
    assert written(page, after) == after


def test_the_mode_stays(page: Path) -> None:
    page.parent.mkdir()
    page.touch()
    page.chmod(0o640)
    handoff_file.refresh(RootedPath(str(page.parent)) / page.name, "a")
    assert page.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    "data",
    [
        BEGIN,
        END,
        END + BEGIN,
        BEGIN + BEGIN + END,
        BEGIN + END + END,
        BEGIN + END + BEGIN + END,
        BEGIN + BEGIN + END + END,
        b"\xff\xfe" + "text".encode("utf-16-le"),
    ],
)
def test_broken_markers_are_refused_and_nothing_is_changed(page: Path, data: bytes) -> None:
    page.parent.mkdir()
    page.write_bytes(data)
    with pytest.raises(BadData, match=r"valid: one of each, in this order|save it as UTF-8"):
        handoff_file.check(RootedPath(str(page.parent)) / page.name)
    with pytest.raises(BadData):
        handoff_file.refresh(RootedPath(str(page.parent)) / page.name, "a")
    assert page.read_bytes() == data
    assert list(page.parent.iterdir()) == [page]


def test_a_link_is_refused(page: Path) -> None:
    page.parent.mkdir()
    page.symlink_to("elsewhere")
    with pytest.raises(IOFault, match="symbolic link"):
        handoff_file.refresh(RootedPath(str(page.parent)) / page.name, "a")
    assert not (page.parent / "elsewhere").exists()


PIECES = st.one_of(
    st.binary(max_size=20),
    st.sampled_from(
        [b"<!-- burnbook:", b"begin -->", b"-->", b"<!--", b"\r\n", b"\n", b"\xef\xbb"]
    ),
)
OUTSIDE = st.lists(PIECES, max_size=6).map(b"".join)


@given(before=OUTSIDE, after=OUTSIDE, texts=st.lists(st.text(), min_size=1, max_size=3))
def test_every_byte_outside_stays(
    tmp_path_factory: pytest.TempPathFactory, before: bytes, after: bytes, texts: list[str]
) -> None:
    page = tmp_path_factory.mktemp("any") / "H.md"
    marked = before + BEGIN + b"?" + END + after
    if (marked.count(BEGIN), marked.count(END)) != (1, 1) or before[:2] in (
        b"\xff\xfe",
        b"\xfe\xff",
    ):
        return
    page.write_bytes(marked)
    for text in [*texts, BEGIN.decode(), END.decode() * 2]:
        handoff_file.refresh(RootedPath(str(page.parent)) / page.name, text)
        data = page.read_bytes()
        assert data.startswith(before + BEGIN)
        assert data.endswith(END + after)
        assert (data.count(BEGIN), data.count(END)) == (1, 1)


@given(before=OUTSIDE, text=st.text())
def test_a_page_without_markers_is_continued(
    tmp_path_factory: pytest.TempPathFactory, before: bytes, text: str
) -> None:
    if BEGIN in before or END in before or before[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return
    page = tmp_path_factory.mktemp("any") / "H.md"
    page.write_bytes(before)
    handoff_file.refresh(RootedPath(str(page.parent)) / page.name, text)
    assert page.read_bytes().startswith(before)
    assert not handoff_file.refresh(RootedPath(str(page.parent)) / page.name, text)
