"""Routed against baseline, feature by feature, and what offloading saved."""

from typing import Any

import msgspec

from burnbook.base.errors import Missing, UsageError
from burnbook.base.text import csv_text
from burnbook.context import Context, Result, note_damage
from burnbook.cost.comparison import view
from burnbook.cost.comparison.compare import compare
from burnbook.cost.comparison.tally import Pricing
from burnbook.cost.price_list import PriceList
from burnbook.cost.pricing import USD_KIND
from burnbook.review.offload.points import lines, points_saved
from burnbook.review.offload.requests import offloaded_requests
from burnbook.windows.current import wanted


def run(ctx: Context, args: Any) -> Result:
    """The comparison of one window; `--top` limits the features that are shown. Writes no row."""
    if args.top is not None and args.top < 1:
        raise UsageError(f"--top is {args.top}; valid: 1 or more")
    window = wanted(ctx, args.window)
    prices = ctx.config.prices
    requests = offloaded_requests(ctx, window)
    note_damage(ctx)
    if requests is None:
        raise Missing(f"no requests of window {window} are in the book; `ingest` books some")
    price_list = PriceList(prices)
    result = compare(requests, Pricing(args.cost, price_list))
    shown = result.features[: args.top]
    saved = points_saved(ctx, requests, price_list)
    data = {
        "window": window,
        "prices": {"as_of": prices.as_of, "source": prices.source},
        **msgspec.structs.asdict(msgspec.structs.replace(result, features=shown)),
        "cost": args.cost,
        "usd_kind": USD_KIND[args.cost],
        "points_saved": saved,
    }
    ready = csv_text(view.table(shown)) if args.format == "csv" else None
    parts = view.parts(window, result, shown, prices, args.cost, lines(saved))
    return Result(parts, data, ready=ready)
