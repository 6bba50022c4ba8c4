"""A figure with its uncertainty, as every estimate of this room is shown and written to JSON."""

from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

LEVEL = 0.95
"""The probability with which an interval covers the true value."""


class Estimate(Struct, frozen=True, kw_only=True):
    """A value, its 95% interval, and the number of observations behind it.

    `value`, `low` and `high` are in the unit that the name of the field states; they are None where
    `reason` says why nothing can be estimated.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    reason: str | None = None

    def figures(self) -> dict[str, Any]:
        """The fields for JSON, with the level of the interval."""
        return {**asdict(self), "level": LEVEL}
