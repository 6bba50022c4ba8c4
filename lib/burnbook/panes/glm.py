"""GLM: the JSON of Z.ai's quota, and that of `ccusage blocks --json`.

    {"data": {"planName": "Pro", "limits": [
      {"type": "TOKENS_LIMIT", "unit": 3, "number": 5, "percentage": 25,
       "nextResetTime": 1795345200000},
      {"type": "TIME_LIMIT", "unit": 5, "number": 1, "percentage": 22}]}}

gives the meters `5h`, `weekly` and `monthly tools`, the calls of tools.

    {"blocks": [{"id": "2026-10-08T05:00:00.000Z", "isGap": false, "entries": 42, ...}, ...]}

`prompts` is cumulative: the sum, over all blocks except gaps, of `prompts` or `promptCount`, else
of `entries`, the number of requests that ccusage counted. Only the difference of two such counts is
meaningful: BEFORE has the baseline, AFTER the delta.
"""

from datetime import datetime
from typing import Annotated, Any

import msgspec

from burnbook.panes import _json
from burnbook.panes._pane import Errors, Pane, Reading

METERS = {"prompts": 0}  # a count, with no window

_Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


_UNITS = {"3": 60, "5": 43_200, "6": 10_080}  # an hour, a month and a week, in minutes
_TYPES = {"TOKENS_LIMIT": "", "TIME_LIMIT": " tools"}
_MAX_METERS = 64


class _Block(msgspec.Struct, rename="camel"):
    is_gap: bool = False
    prompts: _Count | None = None
    prompt_count: _Count | None = None
    entries: _Count | None = None

    def count(self) -> int | None:
        counts = (self.prompts, self.prompt_count, self.entries)
        return next((count for count in counts if count is not None), None)


class _Blocks(msgspec.Struct):
    blocks: list[_Block]


def parse(text: str, captured_at: datetime) -> Pane:
    """Parses the meters of a quota, or `prompts` of all blocks.

    Null, with a word in `errors`, for any other text, or if a block has no count.
    """
    try:
        value = msgspec.json.decode(text.strip("\ufeff \t\r\n"))
    except (msgspec.DecodeError, ValueError, RecursionError):
        return Pane(errors=("not-json",))
    if (limits := _limits(value)) is not None:
        return _quota(value["data"], limits)
    try:
        parsed = msgspec.convert(value, _Blocks)
    except msgspec.ValidationError:
        return Pane(errors=("no-blocks",))
    counts = [block.count() for block in parsed.blocks if not block.is_gap]
    known = [count for count in counts if count is not None]
    if len(known) < len(counts):
        return Pane(errors=("insufficient-data",))
    return Pane(prompts=sum(known))


def _limits(value: Any) -> list[Any] | None:
    """The limits of a quota; None for other JSON."""
    data = value.get("data") if isinstance(value, dict) else None
    limits = data.get("limits") if isinstance(data, dict) else None
    return limits if isinstance(limits, list) else None


def _quota(data: Any, limits: list[Any]) -> Pane:
    errors = Errors()
    meters: dict[str, Reading] = {}
    for limit in limits[:_MAX_METERS]:
        if not isinstance(limit, dict) or str(limit.get("type")) not in _TYPES:
            errors.add("not-understood")
            continue
        unit, number = _UNITS.get(str(limit.get("unit"))), _json.amount(limit.get("number"))
        length, minutes = _json.window(unit * number if unit and number else None)
        name = f"{length}{_TYPES[limit['type']]}"
        used = _json.percent(limit.get("percentage"), name, errors)
        resets = _json.moment(limit.get("nextResetTime"), name, errors)
        meters.setdefault(name, Reading(name, used, minutes, resets))
    if not meters:
        errors.add("no-meters")
    plan = data.get("planName")
    return Pane(
        tuple(meters.values()),
        plan=plan[:64] if isinstance(plan, str) else None,
        errors=errors.words(),
    )
