"""The proxy's routed requests of a window against its baseline ones, by feature, with USD.

The figures are those of `cost-compare`, without its retries. The row without a feature is the whole
window.
"""

from burnbook.base.errors import Missing
from burnbook.cost.comparison import view
from burnbook.cost.comparison.compare import compare
from burnbook.cost.comparison.tally import Pricing
from burnbook.cost.price_list import PriceList
from burnbook.query.answer import Answer, Asked
from burnbook.query.costs import compared_requests
from burnbook.query.source import Opened
from burnbook.windows.current import current

_SHOWN = (
    *(("feature", "feature"), ("base req", "baseline_requests")),
    *(("routed req", "routed_requests"), ("base USD", "baseline_usd")),
    *(("routed USD", "routed_usd"), ("saved USD", "saved_usd")),
)


def run(opened: Opened, asked: Asked) -> Answer:
    """A row for the whole window, and one for each feature with requests on both sides."""
    window = asked.window or current(opened.ctx)
    requests = compared_requests(opened.engine, window)
    if requests is None:
        raise Missing(f"no requests of a proxy are in window {window}; `query proxy` lists windows")
    pricing = Pricing(asked.cost, PriceList(opened.ctx.config.prices))
    comparison = compare(requests, pricing)
    columns, *rows = view.table([comparison.totals, *comparison.features])
    return Answer(
        f"{window}: {comparison.verdict}",
        columns,
        rows,
        _SHOWN,
        {
            "window": window,
            "matched": comparison.matched,
            "unmatched": comparison.unmatched,
            "without_feature": comparison.gaps.without_feature,
            "without_model": comparison.gaps.without_model,
            "unpriced": comparison.unpriced,
        },
    )
