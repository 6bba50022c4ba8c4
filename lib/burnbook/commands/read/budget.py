"""Shows what a window may use, how fast it does, when that runs out, and whether to stop."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from burnbook.base.errors import DONE, NO
from burnbook.budget import projection, readings, stop_rules, view
from burnbook.budget.budget import Use, window_use
from burnbook.budget.declared.status import BudgetStatus, declared
from burnbook.budget.declared.view import is_used_up
from burnbook.budget.meter_status import MeterStatus
from burnbook.budget.notices import crossings, hook
from burnbook.budget.stop_rules import Verdict
from burnbook.config.budgets import Notify
from burnbook.context import Context, Result, note_damage
from burnbook.preview.scene import scene
from burnbook.windows.current import wanted
from burnbook.windows.facts import WindowFacts


def run(ctx: Context, args: Any) -> Result:
    """Shows the budget of one window. Books only notices, and those only if there is a hook."""
    result = _result(ctx, args, hook.checked(ctx))
    return result if args.exit_code else replace(result, code=DONE)


def status(ctx: Context, args: Any) -> Result:
    """The same for programs that only read: books no notices, and runs no hook."""
    return _result(ctx, args, None)


def _result(ctx: Context, args: Any, notify: Notify | None) -> Result:
    rules = ctx.config.stops
    window = wanted(ctx, args.window)
    facts = scene(ctx, window)
    used = window_use(facts, facts.checkpoints, facts.traffic, facts.used)
    budgets = declared(ctx, facts)
    meters = readings.statuses(ctx, facts)
    verdicts = stop_rules.verdicts(rules, facts, facts.history, meters)
    burned = projection.burn(ctx, facts, facts.traffic, used)
    projected = projection.projection(facts, used, burned)
    if notify is not None and notify.command:
        _notify(ctx, facts, used, budgets, meters, verdicts)
    note_damage(ctx)
    used_up = used.left_tokens is not None and used.left_tokens <= 0
    used_up |= any(map(is_used_up, budgets))
    stop = used_up or any(verdict.state == "stop" for verdict in verdicts)
    data = {
        "window": window,
        "state": facts.state,
        "starts_at": facts.span.starts_at,
        "ends_at": facts.span.ends_at,
        "stop": stop,
        "used_up": used_up,
        "budget": used,
        "budgets": budgets,
        "burn": {"until": burned.until, "tokens_per_hour": burned.rate},
        "projection": projected,
        "meters": meters,
        "rules": verdicts,
    }
    parts = view.parts(facts, used, budgets, burned.rate, projected, meters, verdicts)
    return Result(parts, data, NO if stop else DONE)


def _notify(
    ctx: Context,
    facts: WindowFacts,
    used: Use,
    budgets: Sequence[BudgetStatus],
    meters: Sequence[MeterStatus],
    verdicts: Sequence[Verdict],
) -> None:
    window, accounts, notify = facts.window, ctx.config.accounts, ctx.config.notify
    own = used if facts.finalized is None else None  # nobody acts on the tokens of an old window
    reached = [
        *crossings.of_budgets(window, own, budgets),
        *crossings.of_meters(window, meters, accounts, notify),
        *crossings.of_rules(window, verdicts, ctx.config.stops, meters, accounts),
    ]
    by_key = {crossings.key_of(meter, meters, accounts): meter for meter in meters}
    hook.send(ctx, window, reached, by_key, notify)
