"""Keeps text within 80 columns: wraps lines, shortens moments, and leaves out columns of tables."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, tzinfo

from burnbook.times import clock
from burnbook.view.parts import Line, Part, Table, moment

WIDTH = 80
_MARGIN, _GAP = 2, 2  # as in render


def lines(text: str, *, strong: bool = False) -> list[Line]:
    """Returns a text as lines; what follows the first one is indented. No word is cut."""
    if len(text) <= WIDTH:
        return [Line(text, strong)]
    from textwrap import wrap  # 2 ms, which a short text saves

    wrapped = wrap(text, WIDTH, subsequent_indent="  ", break_long_words=False)
    return [Line(line, strong) for line in wrapped]


def near(value: datetime | None, now: datetime, zone: tzinfo) -> str:
    """Returns a moment as wall time: `23:50` if it is today, without the year if it is near."""
    if value is None:
        return moment(None, zone)
    shown, today = clock.to_wall(value, zone), clock.to_wall(now, zone)
    if shown.date() == today.date():
        return f"{shown:%H:%M}"
    if abs((shown.date() - today.date()).days) < 180:
        return f"{shown:%m-%d %H:%M}"
    return moment(value, zone)


def table(
    rows: Sequence[Mapping[str, str]], *, right: Collection[str], optional: Sequence[str]
) -> Sequence[Part]:
    """Returns rows as a table without as many `optional` columns as do not fit.

    The columns in `right` are right-aligned. Rows that are still too wide become lines.
    """
    if not rows:
        return []
    head = list(rows[0])
    for dropped in (None, *optional):
        head = [name for name in head if name != dropped]
        widths = [max(len(name), *(len(row[name]) for row in rows)) for name in head]
        if _MARGIN + sum(widths) + _GAP * (len(widths) - 1) <= WIDTH:
            align = "".join(">" if name in right else "<" for name in head)
            return [Table(head, [[row[name] for name in head] for row in rows], align)]
    texts = (", ".join(f"{name} {row[name]}" for name in row) for row in rows)
    return [line for text in texts for line in lines(f"  {text}")]
