"""What drawn panes share."""

from datetime import timedelta
from typing import NamedTuple

from burnbook.times.wall_time import WallTime


class Shown(NamedTuple):
    """What a meter shows. None is not shown, or cut off by the program itself.

    used: percent used. resets: the text of the reset, the time to it, or its wall time
    """

    used: float | None
    resets: str | timedelta | WallTime | None = None


class Drawn(NamedTuple):
    """A pane, and the meters that it shows."""

    text: str
    meters: dict[str, Shown]


def wrapped(text: str, width: int) -> list[str]:
    """Wraps like wrap-ansi with `hard`: a long word starts where it needs fewer breaks."""
    rows = [""]
    for word in text.split(" "):
        if rows[-1] and len(rows[-1]) + 1 + len(word) <= width:
            rows[-1] += f" {word}"
        elif len(word) <= width:
            rows.append(word)
        else:
            rest = width - len(rows[-1]) - 1
            if (
                rows[-1]
                and rest > 0
                and 1 + (len(word) - rest - 1) // width <= (len(word) - 1) // width
            ):
                rows[-1] += f" {word[:rest]}"
                word = word[rest:]
            rows += [word[at : at + width] for at in range(0, len(word), width)]
    return [row for row in rows if row] or [""]


def typed(lines: list[str], columns: int) -> str:
    """Lines as a terminal shows what is printed: wrapped anywhere, without blanks at the ends."""
    rows = [
        line[at : at + columns] for line in lines for at in range(0, max(len(line), 1), columns)
    ]
    return "\n".join(row.rstrip() for row in rows) + "\n"


def framed(lines: list[str], width: int, margin: str = "", title: str = "") -> str:
    """Lines in a round frame of an inner width, with a blank on each side."""
    top = f"{margin}╭{title}{'─' * (width + 2 - len(title))}╮"
    rows = [f"{margin}│ {line.ljust(width)} │" for line in lines]
    return "\n".join([top, *rows, f"{margin}╰{'─' * (width + 2)}╯", ""])


def short(minutes: int) -> str:
    """`2d 3h 5m`, without what is zero."""
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = ((days, "d"), (hours, "h"), (minutes, "m"))
    return " ".join(f"{count}{unit}" for count, unit in parts if count) or "0m"
