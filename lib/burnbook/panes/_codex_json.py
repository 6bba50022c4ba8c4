"""Codex: the result of `account/rateLimits/read` of `codex app-server`, or the whole message.

    {"rateLimits": {"primary": {"usedPercent": 25, "windowDurationMins": 300,
     "resetsAt": 1795345200}, "secondary": null, "credits": {"balance": "38"},
     "individualLimit": null, "planType": "pro"}, "rateLimitsByLimitId": {"codex": {...}}}

gives the meters that the pane has: `5h`, and `POOL:5h` of another limit.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from burnbook.panes import _json
from burnbook.panes._pane import Errors, Pane, Reading
from burnbook.panes._text import slug
from burnbook.rows.amounts import Amount

_MAIN = "codex"
_MAX_METERS = 64


def parse(text: str) -> Pane | None:
    """Parses the last such message in `text`; None if there is none."""
    results = [result for value in _json.objects(text) if (result := _result(value))]
    if not results:
        return None
    errors = Errors()
    main = results[-1]["rateLimits"]
    by_id = results[-1].get("rateLimitsByLimitId")
    limits = [main, *(by_id.values() if isinstance(by_id, Mapping) else ())]
    meters: dict[str, Reading] = {}
    for limit in limits[:_MAX_METERS]:
        for reading in _readings(limit, errors) if isinstance(limit, Mapping) else ():
            meters.setdefault(reading.name, reading)
    if not meters:
        errors.add("no-meters")
    plan = main.get("planType")
    return Pane(
        tuple(meters.values()),
        plan=plan[:64] if isinstance(plan, str) else None,
        amounts=_amounts(main),
        errors=errors.words(),
    )


def _result(value: Mapping[str, Any]) -> Mapping[str, Any] | None:
    for part in (value, value.get("result"), value.get("params")):
        if isinstance(part, Mapping) and isinstance(part.get("rateLimits"), Mapping):
            return part
    return None


def _readings(limit: Mapping[str, Any], errors: Errors) -> Iterator[Reading]:
    ident, name = limit.get("limitId"), limit.get("limitName")
    shown = next((text for text in (name, ident) if isinstance(text, str) and text), _MAIN)
    pool = "" if ident in (_MAIN, None) else f"{slug(shown)[:64]}:"
    for key in ("primary", "secondary"):
        window = limit.get(key)
        if isinstance(window, Mapping):
            length, minutes = _json.window(window.get("windowDurationMins"))
            meter = f"{pool}{length}"
            used = _json.percent(window.get("usedPercent"), meter, errors)
            resets = _json.moment(window.get("resetsAt"), meter, errors)
            yield Reading(meter, used, minutes, resets)
    individual = limit.get("individualLimit")
    if isinstance(individual, Mapping):
        meter = f"{pool}monthly-credit"  # as the pane names it
        left = _json.percent(individual.get("remainingPercent"), meter, errors)
        resets = _json.moment(individual.get("resetsAt"), meter, errors)
        used = None if left is None or left > 100 else round(100 - left, 4)
        yield Reading(meter, used, None, resets)


def _amounts(limit: Mapping[str, Any]) -> tuple[Amount, ...]:
    credits, individual = limit.get("credits"), limit.get("individualLimit")
    left = credits.get("balance") if isinstance(credits, Mapping) else None
    used = individual.get("used") if isinstance(individual, Mapping) else None
    most = individual.get("limit") if isinstance(individual, Mapping) else None
    numbers = [_json.amount(value) for value in (used, most, left)]
    if all(number is None for number in numbers):
        return ()
    known = (None if number is None or number < 0 else number for number in numbers)
    return (Amount("credits", "credits", *known),)
