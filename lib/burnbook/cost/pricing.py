"""Where a cost comes from: what a log or a proxy reports, or tokens and prices."""

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from burnbook.cost.calculate import Priced

Mode = Literal["auto", "calculated", "reported"]
MODES: tuple[Mode, ...] = ("auto", "calculated", "reported")
# What the dollars of a report are. They are never added to subscription fees or credits.
USD_KIND = {
    "auto": "at API list prices, or as logged",
    "calculated": "at API list prices",
    "reported": "as logged",
}
NANO = 1_000_000_000  # reported costs are added in billionths of a dollar, in any order


def nanos(usd: float | None) -> int:
    """Returns a reported cost in billionths of a dollar."""
    return round((usd or 0) * NANO)


def uses_reported(mode: Mode, *, has_usd: bool) -> bool:
    """Returns whether the reported cost counts. `has_usd`: there is one other than 0."""
    return mode == "reported" or (mode == "auto" and has_usd)


def reported_cost(usd_nanos: int, *, is_whole: bool) -> "Priced":
    """Returns the reported cost of some requests; not whole where one of them has none."""
    # Sums of tokens need no prices, whose modules take a tenth of the time of `budget`.
    from burnbook.cost.calculate import ATTO, Priced, Rate, Usd

    usd = Usd(usd_nanos * (ATTO // NANO), is_whole)
    rate = Rate((0,) * 6, source="reported by the log")
    return Priced(usd, (), rate, None if is_whole else "a log reports no cost")
