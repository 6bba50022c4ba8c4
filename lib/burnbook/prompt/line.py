"""The words of the line for an agent's prompt."""

from burnbook.base.text import printable, span
from burnbook.view import levels

TYPE_CHECKING = False  # the name that type checkers know; `typing` takes 8 ms to import
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SHORT = {"session": "5h", "week-all-models": "week"}
_LIKELY = 0.1  # from this probability on, it is shown
# The name of a meter, its used percentage, its reset in seconds since 1970, and the probability
# that it runs out before.
Shown = tuple[str, float | None, float | None, float | None]
# A part of the line, with its percentage if it has one.
Word = tuple[str, float | None]


def words(
    model: str | None,
    context_percent: float | None,
    meters: "Iterable[Shown]",
    window: str | None,
    now: float,
) -> list[Word]:
    """Returns each part of the line at a moment, in seconds since 1970."""
    parts: list[Word] = [(printable(model or "burnbook"), None)]
    if context_percent is not None:
        parts.append((f"context {context_percent:.0f}%", context_percent))
    for meter in meters:
        parts.append((_meter_text(meter, now), meter[1]))
    return [*parts, (window, None)] if window else parts


def plain(parts: "Sequence[Word]") -> str:
    """Returns the line without color."""
    return " | ".join(text for text, _ in parts)


def colored(parts: "Sequence[Word]") -> str:
    """Returns the line with each part in the color of its percentage."""
    return " | ".join(levels.painted(text, levels.used(used)) for text, used in parts)


def _meter_text(meter: Shown, now: float) -> str:
    name, used_percent, resets_at, runs_out = meter
    name = _SHORT.get(name, name)
    if resets_at is not None and resets_at <= now:
        return f"{name} was reset"
    used = "?" if used_percent is None else f"{used_percent:.0f}%"
    if resets_at is None:
        return f"{name} {used}"
    chance = ""
    if runs_out is not None and runs_out >= _LIKELY:
        chance = f", {100 * min(runs_out, 0.99):.0f}% to run out"
    return f"{name} {used} ({span(resets_at - now)}{chance})"
