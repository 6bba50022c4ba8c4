"""Shows what a window may use, how fast it does, when that runs out, and whether to stop."""

from typing import Any

from burnbook.base.errors import DONE, NO
from burnbook.budget import (
    meter_status,
    notices,
    projection,
    readings,
    stop_rules,
    tokens_used,
    view,
)
from burnbook.budget.budget import budget_of, use
from burnbook.context import Context, Result, note_damage
from burnbook.preview.scene import scene
from burnbook.windows.current import wanted


def run(ctx: Context, args: Any) -> Result:
    """Shows the budget of one window. Books only notices, and those only if there is a hook."""
    notify, rules = notices.checked(ctx), ctx.config.stops
    window = wanted(ctx, args.window)
    facts = scene(ctx, window)
    name, budget = budget_of(ctx.config, window)
    used = use(name, budget, tokens_used.actual(facts.traffic, facts.closings, facts.used))
    series = readings.of_window(ctx, facts)
    is_open = projection.end_of_open_window(facts) is not None
    meters = []
    for panes in readings.of_accounts(ctx, facts):
        since = readings.since_reset(ctx, window, panes)
        meters += meter_status.of_meters(
            since,
            facts.now,
            is_open=is_open,
            account=panes.account,
            agents=panes.agents,
            official=readings.official(ctx, facts, panes),
        )
    counts = [
        stop_rules.Count(pair.agent, pair.provider, *meter_status.prompts(facts.rows, pair))
        for pair in facts.pairs
        if any(facts.rows[e.id].prompts is not None for e in (pair.before, pair.after) if e)
    ]
    cost = stop_rules.WindowCost(facts.history, facts.accounts)
    verdicts = stop_rules.judged(rules, meters, counts, cost)
    burned = projection.burn(ctx, facts, facts.traffic, series, used)
    projected = projection.projection(facts, used, burned)
    crossings = [*notices.of_meters(meters, notify), *notices.of_rules(verdicts, rules)]
    if facts.finalized is None:  # nobody acts on the tokens of an old window
        crossings = [*notices.of_budget(used, budget), *crossings]
    notices.send(ctx, window, crossings, notify)
    note_damage(ctx)
    used_up = used.left_tokens is not None and used.left_tokens <= 0
    stop = used_up or any(verdict.state == "stop" for verdict in verdicts)
    data = {
        "window": window,
        "state": facts.state,
        "starts_at": facts.span.starts_at,
        "ends_at": facts.span.ends_at,
        "stop": stop,
        "used_up": used_up,
        "budget": used,
        "burn": {"until": burned.until, "tokens_per_hour": burned.rate},
        "projection": projected,
        "meters": meters,
        "rules": verdicts,
    }
    parts = view.parts(facts, used, burned.rate, projected, meters, verdicts)
    return Result(parts, data, NO if stop and args.exit_code else DONE)
