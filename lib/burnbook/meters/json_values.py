"""Values in the JSON that agents write, of which any may have another type. Pure.

Imports nothing, because the status line needs it at every prompt.
"""

TYPE_CHECKING = False  # the name that type checkers know; `typing` takes 8 ms to import
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

MAX_PERCENT = 1e6
_MAX_NAME = 40


def number(value: "Any") -> float | None:
    """Returns a number; None for any other value."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def percent(value: "Any") -> float | None:
    """The used percentage, which may be above 100; None if it is not such a number."""
    share = number(value)
    return share if share is not None and 0 <= share <= MAX_PERCENT else None


def inside(whole: "Mapping[str, Any]", key: str) -> "Mapping[str, Any]":
    """Returns the object at a key; an empty one for any other value."""
    value = whole.get(key)
    return value if isinstance(value, dict) else {}


def model_name(whole: "Mapping[str, Any]") -> str | None:
    """Returns the model that a status line's JSON names; None if it names none."""
    model = inside(whole, "model")
    return _text(model.get("display_name")) or _text(model.get("id")) or _text(whole.get("model"))


def context_percent(whole: "Mapping[str, Any]") -> float | None:
    """Returns how full the context is, by a status line's JSON; None if it does not say."""
    return percent(inside(whole, "context_window").get("used_percentage"))


def _text(value: "Any") -> str | None:
    return " ".join(value.split())[:_MAX_NAME] or None if isinstance(value, str) else None
