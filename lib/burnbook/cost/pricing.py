"""Where a cost comes from: what a log or a proxy reports, or tokens and prices."""

from typing import Literal

from burnbook.cost.calculate import ATTO, Priced, Rate, Usd

Mode = Literal["auto", "calculated", "reported"]
MODES: tuple[Mode, ...] = ("auto", "calculated", "reported")
# What the dollars of a report are. They are never added to subscription fees or credits.
USD_KIND = {
    "auto": "at API list prices, or as logged",
    "calculated": "at API list prices",
    "reported": "as logged",
}
REPORTED = Rate((0,) * 6, source="reported by the log")
NANO = 1_000_000_000  # reported costs are added in billionths of a dollar, in any order


def nanos(usd: float | None) -> int:
    """Returns a reported cost in billionths of a dollar."""
    return round((usd or 0) * NANO)


def uses_reported(mode: Mode, *, has_usd: bool) -> bool:
    """Returns whether the reported cost counts. `has_usd`: there is one other than 0."""
    return mode == "reported" or (mode == "auto" and has_usd)


def reported_cost(usd_nanos: int, *, is_whole: bool) -> Priced:
    """Returns the reported cost of some requests; not whole where one of them has none."""
    usd = Usd(usd_nanos * (ATTO // NANO), is_whole)
    return Priced(usd, (), REPORTED, None if is_whole else "a log reports no cost")
