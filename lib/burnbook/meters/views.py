"""Two views of one meter: where a status line shows 23.5, Claude's pane shows 23, Codex's 24."""

_PLACES = 4


def finer(first: float, second: float) -> float | None:
    """The more precise of two values that are less than a point apart; None if there is none."""
    places = decimals(first), decimals(second)
    if places[0] == places[1] or not 0 < abs(first - second) < 1:
        return None
    return first if places[0] > places[1] else second


def decimals(value: float) -> int:
    """The number of decimal places of a percentage, at most 4."""
    return next((n for n in range(_PLACES) if round(value, n) == value), _PLACES)
