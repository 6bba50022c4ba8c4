"""Types of config/budgets.toml: budgets, stop rules and the notification command."""

from collections.abc import Callable, Collection, Iterator
from typing import Annotated, Literal

import msgspec

from burnbook.base.text import regex
from burnbook.config.toml_values import TomlFolder, any_of
from burnbook.rows.meters import Id

FILE = "budgets.toml"
SCOPES = ("provider", "meter", "account", "agent", "project")
PLACEHOLDER = regex(r"\{(\w*)\}")
PLACEHOLDERS = ("agent", "level", "message", "subject", "window")

_Count = Annotated[int, msgspec.Meta(gt=0, le=2**53)]
_Share = Annotated[float, msgspec.Meta(gt=0, le=100)]
Fault = tuple[str, object, str]


class Stop(msgspec.Struct, frozen=True):
    """One stop rule. It applies to a meter if all of its conditions are true.

    `provider`, `meter` (a name) and `window_minutes` select meters; without one, any value matches.
    With `requests_limit` the rule is about a window's requests instead of meters. Its older name is
    `prompts_limit`.
    """

    provider: Id | None = None
    meter: str | None = None
    window_minutes: _Count | None = None
    requests_limit: _Count | None = None
    prompts_limit: _Count | None = None
    used_percent_at_least: _Share | None = None
    left_percent_below: _Share | None = None
    projected: bool = False
    message: Annotated[str, msgspec.Meta(max_length=200)] = "do not start the next window"

    def __post_init__(self) -> None:
        if self.requests_limit is None:
            msgspec.structs.force_setattr(self, "requests_limit", self.prompts_limit)


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
    if stop.requests_limit is not None:
        for key in ("meter", "window_minutes"):
            if getattr(stop, key) is not None:
                yield key, getattr(stop, key), "not together with requests_limit"


def notify_faults(notify: Notify) -> Iterator[Fault]:
    """Yields the mistakes of `[notify]`: key, value, what is valid."""
    names = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    for index, word in enumerate(notify.command):
        if "\0" in word or (index == 0 and (not word.strip() or "{" in word)):
            yield f"command[{index}]", word, "a program, and its arguments after it"
        elif any(name not in PLACEHOLDERS for name in PLACEHOLDER.findall(word)):
            yield f"command[{index}]", word, f"text with {names} in it"


class Budget(msgspec.Struct, frozen=True):
    """One budget. Without a target, it warns of nothing.

    A budget of new tokens per window, without a scope, is that of the windows that name it. Every
    other budget always counts: of a window, day, week or month, in tokens, USD at list price, or
    points of a `meter`, of an agent, account, project (`*` is any text) or provider, or of all.
    `capacity_tokens` is the size of the model's context, and no budget.
    """

    capacity_tokens: Annotated[int, msgspec.Meta(gt=0)] = 272_000
    target_tokens: Annotated[int, msgspec.Meta(gt=0)] | None = None
    warn: tuple[Annotated[float, msgspec.Meta(gt=0, le=10)], ...] = (0.7, 0.9, 1.0)
    per: Literal["window", "day", "week", "month"] = "window"
    unit: Literal["tokens", "usd", "points"] = "tokens"
    target: Annotated[float, msgspec.Meta(gt=0, le=1e15)] | None = None
    agent: Id | None = None
    account: Id | None = None
    project: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None
    provider: Id | None = None
    meter: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None

    @property
    def scope(self) -> dict[str, str]:
        """What the budget is limited to, by key."""
        return {key: value for key in SCOPES if (value := getattr(self, key)) is not None}

    @property
    def is_of_window(self) -> bool:
        """Whether the budget is that of the windows that name it."""
        return (self.per, self.unit) == ("window", "tokens") and not self.scope

    @property
    def limit(self) -> float | None:
        """The target in the unit of the budget."""
        return self.target if self.target_tokens is None else self.target_tokens


def read_budgets(folder: TomlFolder, accounts: Callable[[], Collection[str]]) -> dict[str, Budget]:
    """Returns the budgets of config/budgets.toml, checked. `accounts` returns the labels."""
    raw = folder.read(FILE)
    folder.check_keys(FILE, "", raw, ("budgets", "stop", "notify"))
    declared = folder.tables(FILE, raw, "budgets", Budget)
    for name, budget in declared.items():
        for key, value, valid in _budget_faults(name, budget):
            folder.wrong(FILE, f"budgets.{name}.{key}", value, valid)
        if budget.account is not None and budget.account not in accounts():
            valid = f"an account of accounts.toml: {any_of(accounts())}"
            folder.wrong(FILE, f"budgets.{name}.account", budget.account, valid)
    return {"default": Budget()} | declared


def _budget_faults(name: str, budget: Budget) -> Iterator[Fault]:
    """Yields the mistakes that the types allow: key, value, what is valid."""
    if budget.target_tokens is not None:
        if budget.target is not None:
            yield "target", budget.target, "one of target and target_tokens"
        if budget.unit != "tokens":
            yield "target_tokens", budget.target_tokens, f'target, in the unit "{budget.unit}"'
    if budget.unit == "points" and budget.meter is None:
        yield "meter", None, 'the name of a meter, such as "weekly", because the unit is "points"'
    if budget.unit != "points" and budget.meter is not None:
        yield "meter", budget.meter, 'a meter only with unit = "points"'
    if budget.unit == "points" and budget.project is not None:
        yield "project", budget.project, "none, because a meter does not know projects"
    if name == "default" and not budget.is_of_window:
        yield "per", budget.per, "tokens per window without a scope; name other budgets otherwise"
