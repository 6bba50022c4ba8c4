"""What needs attention: the levels of lines and cells, which a terminal shows in color."""

TYPE_CHECKING = False  # the name that type checkers know; `typing` takes 8 ms to import
if TYPE_CHECKING:
    from typing import Literal

    # `good` and `bad` answer a question, `warn` needs attention, `dim` is less important.
    Level = Literal["", "good", "warn", "bad", "dim"]
else:
    Level = str

BOLD, PLAIN = "\033[1m", "\033[0m"
STYLES = {"good": "\033[32m", "warn": "\033[33m", "bad": "\033[31m", "dim": "\033[2m"}
_USED: tuple[tuple[float, Level], ...] = ((90.0, "bad"), (70.0, "warn"))


class Cell(str):
    """The text of a cell with a level. The text itself says what the color does."""

    level: Level = ""


def cell(text: str, level: Level) -> str:
    """Returns the text of a cell, with its level if it has one."""
    if not level:
        return text
    marked = Cell(text)
    marked.level = level
    return marked


def level_of(text: str) -> Level:
    """Returns the level of a cell."""
    return text.level if isinstance(text, Cell) else ""


def alike(text: str, before: str) -> str:
    """Returns another text for a cell, with the level that it has."""
    return cell(text, level_of(before))


def used(percent: float | None) -> Level:
    """Returns `warn` from 70% used, `bad` from 90%."""
    return next((level for least, level in _USED if percent is not None and percent >= least), "")


def painted(text: str, level: Level) -> str:
    """Returns text in the color of a level."""
    style = STYLES.get(level, "")
    return f"{style}{text}{PLAIN}" if style and text else text
