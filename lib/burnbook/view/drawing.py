"""Fine bars and trends, with block characters or, where the terminal has none, with ASCII."""

from collections.abc import Sequence

from burnbook.view import terminal

_EIGHTHS = "▏▎▍▌▋▊▉"
_HEIGHTS = "▁▂▃▄▅▆▇█"
_ASCII_HEIGHTS = "_.:-=+*#"


def fine_bar(share: float | None, width: int) -> str:
    """Returns a bar without a background, exact to an eighth of a character.

    A share above 0 is never invisible.
    """
    if not share or share < 0:
        return ""
    share = min(share, 1.0)
    if not terminal.has_blocks():
        return "#" * max(1, round(share * width))
    full, eighths = divmod(max(1, round(share * width * 8)), 8)
    return "█" * full + (_EIGHTHS[eighths - 1] if eighths else "")


def trend(values: Sequence[float]) -> str:
    """Returns a character for each value, as high as its share of the largest; a blank for 0."""
    heights = _HEIGHTS if terminal.has_blocks() else _ASCII_HEIGHTS
    top = max(values, default=0)
    return "".join(heights[min(7, int(value / top * 8))] if value > 0 else " " for value in values)


def ellipsis() -> str:
    """Returns what stands for words that are left out."""
    return "…" if terminal.has_blocks() else "..."
