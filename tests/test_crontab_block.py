"""The block in a crontab: it goes in and out, and not a byte around it changes."""

import pytest
from burnbook.base.errors import BadData
from burnbook.schedule import crontab_file
from hypothesis import given
from hypothesis import strategies as st

ROOTS = st.sampled_from(["/home/ada/burnbook", "/home/ada/burnbook 2", "/x"])
LINES = st.lists(
    st.sampled_from(
        [b"", b"# a comment", b"5 4 * * * echo 'a%b'", b'MAILTO=""', b"\xff\xfe", b"x\r", b"\rlone"]
    )
)
TABLES = st.builds(lambda lines, end: b"\n".join(lines) + end, LINES, st.sampled_from([b"", b"\n"]))


def block(root: str, text: str = "1 2 * * * x") -> bytes:
    begin, end = crontab_file.markers(root)
    return f"{begin}\n{text}\n{end}\n".encode()


@given(TABLES, ROOTS)
def test_in_and_out_again_leaves_every_byte(table: bytes, root: str) -> None:
    whole = crontab_file.with_block(table, root, block(root))
    ended = table if table.endswith(b"\n") or not table else table + b"\n"
    assert whole == ended + block(root)
    assert crontab_file.without(whole, root) == ended
    assert crontab_file.with_block(whole, root, block(root)) == whole


@given(TABLES, TABLES)
def test_the_block_is_replaced_in_place_and_others_are_kept(above: bytes, below: bytes) -> None:
    above = above if above.endswith(b"\n") or not above else above + b"\n"
    other = block("/home/bo/burnbook", "# theirs")
    table = above + block("/x") + other + below
    new = block("/x", "# new")
    assert crontab_file.with_block(table, "/x", new) == above + new + other + below
    assert crontab_file.without(table, "/x") == above + other + below


def test_markers_with_carriage_returns_are_found() -> None:
    table = b"a\r\n" + block("/x").replace(b"\n", b"\r\n") + b"b\r\n"
    assert crontab_file.without(table, "/x") == b"a\r\nb\r\n"


@pytest.mark.parametrize(
    "lines",
    [
        ["begin"],
        ["end"],
        ["end", "begin"],
        ["begin", "end", "begin", "end"],
        ["begin", "begin", "end"],
        ["begin", "# burnbook:begin /other", "end"],
    ],
)
def test_broken_markers_are_refused(lines: list[str]) -> None:
    named = dict(zip(("begin", "end"), crontab_file.markers("/x"), strict=True))
    table = "".join(f"{named.get(line, line)}\n1 2 * * * x\n" for line in lines).encode()
    for change in (
        crontab_file.without,
        lambda table, root: crontab_file.with_block(table, root, b"y\n"),
    ):
        with pytest.raises(BadData, match="nothing is changed"):
            change(table, "/x")
