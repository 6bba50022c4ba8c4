"""Tables that fit a terminal: no word is cut, and no line is longer than it must be."""

from burnbook.view import render
from burnbook.view.fitted import JOIN, fitted
from burnbook.view.parts import Table
from hypothesis import given
from hypothesis import strategies as st

WORD = st.text("abcdefgh-12,.", min_size=1, max_size=9)
CELL = st.lists(WORD, max_size=5).map(" ".join)
ROWS = st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=5)
HEAD = ("window", "points", "outcome")


def shown(table: Table) -> list[str]:
    return render.text([table], colour=False).splitlines()


@given(ROWS, st.integers(20, 140))
def test_every_word_is_shown_and_lines_fit_if_the_words_do(
    rows: list[tuple[str, str, str]], columns: int
) -> None:
    lines = shown(fitted([Table(HEAD, rows, "<><")], columns))
    words = " ".join([*HEAD, *(" ".join(row) for row in rows)]).split()
    assert sorted(" ".join(lines).split()) == sorted(words)
    cells = [[head, *column] for head, column in zip(HEAD, zip(*rows, strict=True), strict=True)]
    least = [max(len(word) for cell in column for word in cell.split(" ")) for column in cells]
    assert max(map(len, lines)) <= max(columns, sum(least) + 2 * len(least))


def test_a_narrower_table_is_used_only_if_the_wider_one_does_not_fit() -> None:
    wide = Table(("window", "title"), [("W0-CHN", "Automation")], "<<")
    narrow = Table(("window",), [("W0-CHN",)], "<")
    assert fitted([wide, narrow], 20) == wide._replace(rows=[["W0-CHN", "Automation"]])
    assert fitted([wide, narrow], 19).head == ("window",)
    assert fitted([wide, narrow], 3).head == ("window",)
    assert fitted([wide, narrow], None).head == ("window", "title")


def test_joined_words_stay_on_one_line() -> None:
    table = Table(("points",), [(f"claude{JOIN}5, codex{JOIN}7",)], "<")
    assert shown(fitted([table], 14))[1:] == ["  claude 5,", "  codex 7"]
    assert shown(fitted([table], None))[1:] == ["  claude 5, codex 7"]
