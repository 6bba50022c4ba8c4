"""The budgets, meters and rules that have reached a level: of each the highest one."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from burnbook.budget.budget import Use
from burnbook.budget.declared.status import BudgetStatus
from burnbook.budget.declared.view import used_text
from burnbook.budget.meter_status import MeterStatus
from burnbook.budget.stop_rules import Verdict
from burnbook.config.accounts import Accounts
from burnbook.config.budgets import Notify, Stop
from burnbook.meters.vendor_meters import same_reset
from burnbook.view.parts import number, percent


class Crossing(Struct, frozen=True):
    """A level (1.0 is 100%) that `subject` has reached in a period, with a message about it.

    Of a meter, or of a rule about one, `meter` is its key, `captured_at` the moment of the reading
    and `until` the latest moment of the next reset.
    """

    subject: str
    level: float
    message: str
    period: str
    meter: str | None = None
    captured_at: datetime | None = None
    until: datetime | None = None


def of_budgets(window: str, use: Use | None, budgets: Sequence[BudgetStatus]) -> Iterator[Crossing]:
    """Returns the level of `warn` that each budget has reached. `use`: of the window's own."""
    if use is not None and use.level is not None:
        message = f"{number(use.used_tokens)} of {number(use.planned_tokens)} tokens are used"
        yield Crossing("budget", use.level, message, window)
    for budget in budgets:
        if budget.level is not None:
            message = f"{used_text(budget)} are used"
            yield Crossing(f"budget {budget.name}", budget.level, message, budget.period)


def of_meters(
    window: str, meters: Sequence[MeterStatus], accounts: Accounts, notify: Notify
) -> Iterator[Crossing]:
    """Returns the highest level of `[notify]` that each meter has reached, once for an account."""
    reached: dict[str, Crossing] = {}
    for meter in meters:
        key = key_of(meter, meters, accounts)
        levels = [at for at in notify.meters if (meter.used_percent or 0) >= 100 * at]
        if levels and meter.used_percent is not None:
            message = f"{percent(meter.used_percent)} of the meter is used"
            when = (window, key, meter.captured_at, meter.resets_by)
            crossing = Crossing(key, max(levels), message, *when)
            reached[key] = max(reached.get(key, crossing), crossing, key=lambda each: each.level)
    yield from reached.values()


def key_of(meter: MeterStatus, meters: Sequence[MeterStatus], accounts: Accounts) -> str:
    """Returns `OWNER PROVIDER METER`: the account's label, else the first agent that shares it.

    Two agents share a meter if they show the same reset of it, and not two accounts.
    """
    label = accounts.label(meter.provider, None, meter.agent)
    sharing = [
        other.agent
        for other in meters
        if (other.provider, other.meter) == (meter.provider, meter.meter)
        and meter.resets_at is not None
        and same_reset(other.resets_at, meter.resets_at)
        and not (_is_known(other) and _is_known(meter) and other.account != meter.account)
    ]
    return f"{label or min([*sharing, meter.agent])} {meter.provider} {meter.meter}"


def _is_known(meter: MeterStatus) -> bool:
    """Returns whether the account is more than the name of an agent."""
    return meter.account not in ("", *meter.agents)


def of_rules(
    window: str,
    verdicts: Sequence[Verdict],
    rules: dict[str, Stop],
    meters: Sequence[MeterStatus],
    accounts: Accounts,
) -> Iterator[Crossing]:
    """Returns the rules with state stop or warning; the level is the share where they begin."""
    of_meter = {(meter.agent, meter.provider, meter.meter): meter for meter in meters}
    crossings: dict[str, Crossing] = {}
    for verdict in verdicts:
        if verdict.state in ("stop", "warning"):
            rule = rules[verdict.rule]
            at_least, below = rule.used_percent_at_least, rule.left_percent_below
            level = max(at_least or 0, 100 - below if below is not None else 0) / 100
            who = (verdict.agent or "", verdict.provider or "", verdict.meter or "")
            meter = of_meter.get(who)
            key = key_of(meter, meters, accounts) if meter else " ".join(who)
            crossing = Crossing(
                f"{verdict.state}:{verdict.rule} {key}",
                level,
                verdict.message,
                window,
                key if meter else None,
                meter.captured_at if meter else None,
                meter.resets_by if meter else None,
            )
            crossings.setdefault(crossing.subject, crossing)
    yield from crossings.values()
