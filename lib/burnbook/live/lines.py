"""Lays out what a tab shows: as rows of spans, as plain lines, and as markdown."""

import re
from collections.abc import Sequence

from burnbook.live.picture import Picture, Row, Shown, Span
from burnbook.view import render
from burnbook.view.parts import Line, Part, Title

_CODE = re.compile(r"\x1b\[([\d;]*)m")
_STYLES = {
    **{"1": "strong", "2": "dim", "31": "bad", "32": "good", "33": "warn", "36": "accent"},
    **{"91": "bad", "92": "good", "93": "warn", "34": "accent", "94": "accent", "35": "accent"},
}


def rows(shown: Shown, columns: int) -> list[Row]:
    """Rows of at most `columns`, with an empty one before each title and each picture."""
    result: list[Row] = []
    for part in shown:
        if isinstance(part, Picture):
            result += [[]] if result and part.rows else []
            result += part.rows
            continue
        if isinstance(part, Title):
            result += [[]] if result else []
            result.append([Span(part.text, "title")])
            continue
        text = render.text([part], color=True, columns=columns)
        result += [_spans(line) for line in text.removesuffix("\n").split("\n")]
    return result


def parts(shown: Shown) -> list[Part]:
    """The same for a terminal without a live view: pictures as lines."""
    result: list[Part] = []
    for part in shown:
        if isinstance(part, Picture):
            result += [Line(""), *(Line(text(row)) for row in part.rows)]
        else:
            result.append(part)
    return result


def text(row: Row) -> str:
    """A row without its styles."""
    return "".join(span.text for span in row).rstrip()


def markdown(title: str, shown: Shown) -> str:
    """The figures as markdown: pictures as their tables."""
    figures: list[Part] = [Title(title)]
    for part in shown:
        if not isinstance(part, Picture):
            figures.append(part)
        elif part.table is not None:
            figures.append(part.table)
    return render.markdown(figures)


def _spans(line: str) -> Row:
    """The spans of a line that `render.text` painted: it escapes every other control code."""
    result: list[Span] = []
    style = ""
    for at, piece in enumerate(_CODE.split(line)):
        if at % 2:
            names: Sequence[str] = [_STYLES[code] for code in piece.split(";") if code in _STYLES]
            style = names[-1] if names else ""
        elif piece:
            result.append(Span(piece, style))
    return result
