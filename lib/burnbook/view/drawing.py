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


def two_bar(before: float | None, now: float | None, width: int) -> str:
    """Returns a bar of `width` characters with the shares before and since, in two shades.

    Both are 0 to 1. A `now` that is less than `before` was reset: all of it is since. Empty text if
    both are unknown.
    """
    newest = before if now is None else now
    if newest is None or width <= 0:
        return ""
    full = min(width, max(0, round(newest * width)))
    first = before if before is not None and before <= newest else 0
    begin = min(full, max(0, round(first * width)))
    done, since, rest = _shades()
    return done * begin + since * (full - begin) + rest * (width - full)


def legend() -> str:
    """Returns the heading of bars with two shades: what was used before, and since."""
    done, since, _ = _shades()
    return f"{done} old {since} new"


def is_drawing(text: str) -> bool:
    """Returns whether text has nothing but bars; not if it is empty."""
    return bool(text) and {*text} <= {*"█▓░#+.", *_EIGHTHS}


def _shades() -> tuple[str, str, str]:
    return ("█", "▓", "░") if terminal.has_blocks() else ("#", "+", ".")


def trend(values: Sequence[float]) -> str:
    """Returns a character for each value, as high as its share of the largest; a blank for 0."""
    heights = _HEIGHTS if terminal.has_blocks() else _ASCII_HEIGHTS
    top = max(values, default=0)
    return "".join(heights[min(7, int(value / top * 8))] if value > 0 else " " for value in values)


def ellipsis() -> str:
    """Returns what stands for words that are left out."""
    return "…" if terminal.has_blocks() else "..."
