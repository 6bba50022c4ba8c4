"""What the models of each provider did in each window: requests, new tokens, and USD.

New tokens are those of budgets: input, cache writes and output, without cache reads.
"""

from collections.abc import Mapping
from typing import NamedTuple

from msgspec.structs import replace

from burnbook.context import Context
from burnbook.cost.comparison.compare import Requests
from burnbook.cost.comparison.sums import Sums
from burnbook.cost.comparison.tally import PriceKey
from burnbook.cost.comparison.tally import Pricing as ProxyPricing
from burnbook.cost.meter_provider import meter_provider, provider_of
from burnbook.cost.price_list import PriceList
from burnbook.review.offload.requests import Declared, is_routed
from burnbook.telemetry.costs.requests import window_requests
from burnbook.usage.pricing import NOTHING, Pricing, Usd
from burnbook.usage.queries import Filters, sums
from burnbook.usage.report import new_tokens

GLM = "glm"


class Work(NamedTuple):
    """Requests, their new tokens, and their cost at list prices."""

    requests: int = 0
    tokens: int = 0
    usd: Usd = NOTHING

    def plus(self, other: "Work") -> "Work":
        """Both together."""
        return Work(
            self.requests + other.requests, self.tokens + other.tokens, self.usd.plus(other.usd)
        )


ByProvider = Mapping[str, Work]


def logged_work(ctx: Context) -> dict[str, dict[str, Work]]:
    """What agents' logs have, by window and provider."""
    prices = PriceList(ctx.config.prices)
    pricing = Pricing("calculated", prices)
    declared = Declared(ctx)
    windows: dict[str, dict[str, Work]] = {}
    for key, counts in sums(ctx.store, "window", Filters(), has_hours=prices.has_hours):
        served_by = key.facts.served_by
        provider = meter_provider(key.tool, key.model, served_by)
        if provider is None and is_routed(key.model, served_by, declared.routed(key.tool)):
            provider = GLM
        if key.period is not None and provider is not None:
            work = Work(counts.requests, new_tokens(counts), pricing(key, counts).usd)
            _add(windows.setdefault(key.period, {}), provider, work)
    return windows


def proxied_work(ctx: Context, window: str) -> tuple[ByProvider, ByProvider]:
    """What the proxy's log has of a window, by provider: baseline, and routed."""
    pricing = ProxyPricing("calculated", PriceList(ctx.config.prices))
    sides: tuple[dict[str, Work], dict[str, Work]] = ({}, {})
    requests = window_requests(ctx.store, window)
    for tally, of_side, other in zip(requests or (), sides, (None, GLM), strict=False):
        for key, added in tally.cells.items():
            provider = provider_of(key.model, None, other)
            if provider is not None:
                usd = pricing(key, added).usd
                usd = replace(usd, is_whole=usd.is_whole and not added.unknown)
                _add(of_side, provider, Work(added.requests, new_tokens_of(added), usd))
    return sides


def baseline_mix(requests: Requests) -> dict[str | None, dict[str | None, int]]:
    """The tokens of the baseline by provider (None: a reseller, or unknown) and model."""
    mix: dict[str | None, dict[str | None, int]] = {}
    for key, added in requests.window.baseline.cells.items():
        of_provider = mix.setdefault(_provider(key), {})
        tokens = added.spent_input + added.spent_output
        of_provider[key.model] = of_provider.get(key.model, 0) + tokens
    return mix


def new_tokens_of(added: Sums) -> int:
    """The new tokens of sums, of the requests that report their tokens."""
    return added.spent_input - added.spent_cached + added.spent_output


def _provider(key: PriceKey) -> str | None:
    return provider_of(key.model, key.facts.served_by if key.facts else None)


def _add(works: dict[str, Work], provider: str, work: Work) -> None:
    works[provider] = works.get(provider, Work()).plus(work)
