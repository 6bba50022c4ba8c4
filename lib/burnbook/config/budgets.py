"""Types of config/budgets.toml: budgets, stop rules and the notification command."""

import re
from collections.abc import Iterator
from typing import Annotated

import msgspec

from burnbook.rows.meters import Id

PLACEHOLDER = re.compile(r"\{(\w*)\}")
PLACEHOLDERS = ("agent", "level", "message", "subject", "window")

_Count = Annotated[int, msgspec.Meta(gt=0, le=2**53)]
_Share = Annotated[float, msgspec.Meta(gt=0, le=100)]
Fault = tuple[str, object, str]


class Stop(msgspec.Struct, frozen=True):
    """One stop rule. It applies to a meter if all of its conditions are true.

    `provider`, `meter` (a name) and `window_minutes` select meters; without one, any value matches.
    With `prompts_limit` the rule is about a window's prompts instead of meters.
    """

    provider: Id | None = None
    meter: str | None = None
    window_minutes: _Count | None = None
    prompts_limit: _Count | None = None
    used_percent_at_least: _Share | None = None
    left_percent_below: _Share | None = None
    projected: bool = False
    message: Annotated[str, msgspec.Meta(max_length=200)] = "do not start the next window"


class Notify(msgspec.Struct, frozen=True):
    """`[notify]`: the command that runs when a level is crossed; without one, nothing runs.

    `meters` has levels (0 to 1) of the vendors' meters, in addition to those of budgets and rules.
    """

    command: tuple[str, ...] = ()
    meters: tuple[Annotated[float, msgspec.Meta(gt=0, le=1)], ...] = ()
    timeout_seconds: Annotated[int, msgspec.Meta(ge=1, le=60)] = 10


def stop_faults(stop: Stop) -> Iterator[Fault]:
    """Yields the mistakes of a rule that its types allow: key, value, what is valid."""
    if stop.used_percent_at_least is None and stop.left_percent_below is None:
        valid = "used_percent_at_least or left_percent_below, or both"
        yield "used_percent_at_least", None, valid
    if stop.prompts_limit is not None:
        for key in ("meter", "window_minutes"):
            if getattr(stop, key) is not None:
                yield key, getattr(stop, key), "not together with prompts_limit"


def notify_faults(notify: Notify) -> Iterator[Fault]:
    """Yields the mistakes of `[notify]`: key, value, what is valid."""
    names = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    for index, word in enumerate(notify.command):
        if "\0" in word or (index == 0 and (not word.strip() or "{" in word)):
            yield f"command[{index}]", word, "a program, and its arguments after it"
        elif any(name not in PLACEHOLDERS for name in PLACEHOLDER.findall(word)):
            yield f"command[{index}]", word, f"text with {names} in it"


class Budget(msgspec.Struct, frozen=True):
    """One budget: the new tokens that a window should use. Without a target it warns of nothing.

    `capacity_tokens` is the size of the model's context, and no budget.
    """

    capacity_tokens: Annotated[int, msgspec.Meta(gt=0)] = 272_000
    target_tokens: Annotated[int, msgspec.Meta(gt=0)] | None = None
    warn: tuple[Annotated[float, msgspec.Meta(gt=0, le=10)], ...] = (0.7, 0.9, 1.0)
