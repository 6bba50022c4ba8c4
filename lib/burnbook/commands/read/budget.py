"""What a window may use, how fast it does, when that runs out, and whether to stop."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from burnbook.base.errors import DONE, NO
from burnbook.budget import (
    burn_rate,
    meter_status,
    notices,
    readings,
    stop_rules,
    tokens_used,
    view,
)
from burnbook.budget.budget import Use, use
from burnbook.budget.burn_rate import Projection, Rate
from burnbook.context import Context, Result, note_damage
from burnbook.preview.blocks import budget as block
from burnbook.preview.scene import Scene, scene
from burnbook.rows.meters import Snapshot
from burnbook.store.queries import QUARTER
from burnbook.usage.queries import pace as usage_pace
from burnbook.windows.current import wanted


class Burn(NamedTuple):
    """Tokens per hour, and the moment up to which they are known."""

    rate: Rate
    until: datetime | None


def run(ctx: Context, args: Any) -> Result:
    """The budget of one window. Books nothing but notices, and those only where there is a hook."""
    notify, rules = notices.checked(ctx), ctx.config.stops
    window = wanted(ctx, args.window)
    shown = scene(ctx, window)
    _, budget = named = block.chosen(shown)
    used = use(*named, tokens_used.actual(shown.traffic, shown.closings, shown.used))
    series = readings.of_window(ctx, shown)
    going = _going(shown) is not None
    meters = []
    for rows in filter(None, series):
        since = readings.since_reset(ctx, shown.window, rows)
        official = readings.official(ctx, rows[-1].provider)
        meters += meter_status.of_meters(since, shown.now, going=going, official=official)
    counts = [
        stop_rules.Count(pair.agent, pair.provider, *meter_status.prompts(shown.rows, pair))
        for pair in shown.pairs
        if any(shown.rows[e.id].prompts is not None for e in (pair.before, pair.after) if e)
    ]
    step = stop_rules.Step(shown.history, shown.closings)
    verdicts = stop_rules.judged(rules, meters, counts, step)
    burned = _burn(ctx, shown, series, used)
    projected = _projection(shown, used, burned)
    found = [*notices.of_meters(meters, notify), *notices.of_rules(verdicts, rules)]
    if shown.finalized is None:  # an old window's tokens are no news
        found = [*notices.of_budget(used, budget), *found]
    notices.tell(ctx, window, found, notify)
    note_damage(ctx)
    ctx.book.save_folds()
    used_up = used.left_tokens is not None and used.left_tokens <= 0
    stop = used_up or any(one.state == "stop" for one in verdicts)
    data = {
        "window": window,
        "state": shown.state,
        "starts_at": shown.span.starts_at,
        "ends_at": shown.span.ends_at,
        "stop": stop,
        "used_up": used_up,
        "budget": used,
        "burn": {"until": burned.until, "tokens_per_hour": burned.rate},
        "projection": projected,
        "meters": meters,
        "rules": verdicts,
    }
    parts = view.parts(shown, used, burned.rate, projected, meters, verdicts)
    return Result(parts, data, NO if stop and args.exit_code else DONE)


def _going(shown: Scene) -> datetime | None:
    """The end of a window that is not over; None where nothing is to come."""
    if shown.finalized is not None:
        return None
    ends = shown.span.ends_at
    return ends if ends is not None and shown.now < ends else None


def _burn(ctx: Context, shown: Scene, series: list[list[Snapshot]], used: Use) -> Burn:
    traffic = shown.traffic
    if used.used_from == "logs":
        pace = dict(usage_pace(ctx.store, shown.window))
        return _paced(shown, pace, datetime.fromtimestamp(min(pace) * QUARTER, UTC), QUARTER)
    if traffic is not None and traffic.first is not None:
        return _paced(shown, traffic.pace, traffic.first, burn_rate.BUCKET)
    if used.used_tokens is None:
        return Burn(burn_rate.UNKNOWN, None)
    return Burn(meter_status.tokens(series), max(rows[-1].captured_at for rows in series if rows))


def _paced(shown: Scene, pace: Mapping[int, int], first: datetime, bucket: int) -> Burn:
    """From tokens by stretches of `bucket` seconds, the first of which is of `first`."""
    closed = shown.finalized.finalized_at if shown.finalized else None
    until = min(filter(None, (shown.now, shown.span.ends_at, closed)))
    began = min(filter(None, (shown.span.starts_at, first)))
    return Burn(burn_rate.of_pace(pace, began, until, _going(shown), bucket), until)


def _projection(shown: Scene, used: Use, burned: Burn) -> Projection:
    ends, rate = _going(shown), burned.rate
    reason = _reason(shown, used, rate)
    if reason is not None or used.used_tokens is None or ends is None or burned.until is None:
        return Projection(ends, None, None, None, None, reason)
    low, high = rate.low or 0.0, rate.high or 0.0
    hours = max(0.0, (ends - burned.until).total_seconds() / 3600)
    left = used.planned_tokens - used.used_tokens
    above = used.capacity_tokens - used.used_tokens
    return Projection(
        at=ends,
        used_tokens_low=round(used.used_tokens + low * hours),
        used_tokens_high=round(used.used_tokens + high * hours),
        target_runs_out=burn_rate.runs_out(burned.until, left, rate),
        capacity_runs_out=burn_rate.runs_out(burned.until, above, rate),
        reason=None,
    )


def _reason(shown: Scene, used: Use, rate: Rate) -> str | None:
    if shown.finalized is not None:
        return "finalized"
    if shown.span.ends_at is None:
        return "end-not-known"
    if shown.now >= shown.span.ends_at:
        return "ended"
    if used.used_tokens is None:
        return "use-not-known"
    return "too-little-known" if rate.low is None else None
