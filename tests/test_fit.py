"""Tables and lines in a given width."""

import pytest
from burnbook.view import drawing, fit, render
from burnbook.view.parts import Line, Table, Title, Trend
from hypothesis import given
from hypothesis import strategies as st

WORDS = st.lists(
    st.sampled_from(["api", "gateway", "数据", "v1", "claude", "20251101"]), min_size=1
)
NAMES = st.builds(lambda words, mark: mark.join(words), WORDS, st.sampled_from("/-_. :"))
FIGURES = st.integers(0, 10**9).map("{:,}".format)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    align = "<" + draw(st.text("<>", max_size=4))
    cells = [NAMES if side == "<" else FIGURES for side in align]
    rows = draw(st.lists(st.tuples(*cells), min_size=1, max_size=4))
    bars = draw(st.just(()) | st.just([0.5] * len(rows)))
    head = tuple(f"h{n}" for n in range(len(align)))
    narrower = None
    if draw(st.booleans()):
        narrower = Table(head[:1], [row[:1] for row in rows], "<", bars)
    return Table(head, rows, align, bars, "by", narrower)


@given(tables(), st.integers(20, 160))
def test_no_line_of_a_table_is_wider_than_the_terminal(table: Table, columns: int) -> None:
    lines = render.text([table], color=False, columns=columns).splitlines()
    assert max(map(fit.columns_of, lines)) <= columns
    assert len(lines) > len(table.rows)


@given(tables())
def test_a_table_without_a_limit_is_complete(table: Table) -> None:
    text = render.text([table], color=False)
    assert all(cell in text for row in table.rows for cell in row)


@given(st.lists(NAMES, min_size=1).map(" ".join), st.integers(20, 100), st.integers(0, 4))
def test_a_line_is_wrapped_at_its_words(text: str, columns: int, indent: int) -> None:
    lines = fit.wrapped(" " * indent + text, columns)
    assert max(map(fit.columns_of, lines)) <= columns
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(line.startswith(" " * indent) for line in lines)


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("claude-sonnet-4-5-20250929", 26, "claude-sonnet-4-5-20250929"),
        ("claude-sonnet-4-5-20250929", 25, "claude-sonnet-4-5…"),
        ("claude-sonnet-4-5-20250929", 7, "claude…"),
        ("claude-sonnet-4-5-20250929", 6, None),
        ("~/work/acme/billing-gateway", 22, "…/acme/billing-gateway"),
        ("~/work/acme/billing-gateway", 21, "…/billing-gateway"),
        ("~/work/acme/billing-gateway", 16, "…billing-gateway"),
        ("~/work/acme/billing-gateway", 15, "…gateway"),
        ("/srv/数据平台/unbreakablename", 15, "/srv/数据平台…"),
        ("unbreakablename", 14, None),
    ],
)
def test_text_is_shortened_by_whole_words(text: str, width: int, shown: str | None) -> None:
    assert fit.shortened(text, width) == shown


def test_a_narrower_form_comes_before_shorter_names() -> None:
    narrow = Table(("Name", "Sum"), [("claude-opus", "1,000")], "<>")
    wide = Table(("Name", "New", "Sum"), [("claude-opus", "900", "1,000")], "<>>", narrower=narrow)
    shown = [render.text([wide], color=False, columns=n).split() for n in (25, 24, 19)]
    assert shown[0] == ["Name", "New", "Sum", "claude-opus", "900", "1,000"]
    left_out = ["(not", "shown,", "for", "lack", "of", "room:", "New)"]
    assert shown[1] == ["Name", "Sum", "claude-opus", "1,000", *left_out]


def test_columns_that_are_left_out_are_named() -> None:
    table = Table(("Name", "First", "Last"), [("gateway", "1,000,000", "2,000,000")], "<>>")
    assert render.text([table], color=False, columns=24).splitlines() == [
        "  Name         First",
        "  gateway  1,000,000",
        "  (not shown, for lack",
        "  of room: Last)",
    ]


def test_a_word_that_is_longer_than_its_column_is_cut() -> None:
    table = Table(("Name", "Sum"), [("unbreakablename", "1,000"), ("", "2,000")], "<>")
    assert render.text([table], color=False, columns=20).splitlines() == [
        "  Name           Sum",
        "  unbreakabl…  1,000",
        "               2,000",
    ]


def test_a_cell_with_spaces_gets_several_lines() -> None:
    table = Table(("Probe", "What"), [("locks", "a second process waits for it")], "<<")
    assert render.text([table], color=False, columns=28).splitlines() == [
        "  Probe  What",
        "  locks  a second process",
        "         waits for it",
    ]


@pytest.mark.parametrize(
    ("share", "bar"), [(1, "████"), (0.5, "██"), (0.28, "█▏"), (0.001, "▏"), (0, ""), (None, "")]
)
def test_a_bar_is_exact_to_an_eighth(share: float | None, bar: str) -> None:
    assert drawing.fine_bar(share, 4) == bar


def test_a_trend_has_the_newest_values_that_have_room() -> None:
    parts = [Title("Days"), Line("x", strong=True), Trend("To today", [9, 0, 1, 4, 8], "more")]
    narrow = render.text(parts, color=False, columns=13).splitlines()
    assert narrow == ["Days", "x", "To today  ▂▅█", "more"]
    assert render.text(parts, color=False) == "Days\nx\n"
