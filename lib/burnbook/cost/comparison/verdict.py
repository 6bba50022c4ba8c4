"""Whether offloading saved or lost dollars: a sentence, and the interval per feature."""

import math
import statistics
from collections.abc import Sequence

from burnbook.base.stats import t_quantile
from burnbook.cost.comparison.figures import Compared, PerFeature


def verdict(whole: Compared, reason: str | None) -> str:
    """Returns the verdict on a window. `reason`: why a cost is unknown, if it is."""
    requests, errors = whole.routed.requests, whole.routed.errors
    if not requests:
        return "Offloading: unknown (no routed requests)"
    if whole.saved_usd is None:
        return f"Offloading: unknown ({reason})"
    word = "lost" if whole.saved_usd < 0 else "saved"
    failed = f" ({errors:,} of {requests:,} routed requests failed)" if errors else ""
    return f"Offloading {word} {abs(whole.saved_usd):,.4f} USD{failed}"


def per_feature(matched: Sequence[Compared]) -> PerFeature | None:
    """Returns the mean saving of matched features and its 95% interval.

    None for fewer than two features, or if the saving of one of them is unknown.
    """
    savings = [pair.saved_usd for pair in matched if pair.saved_usd is not None]
    n = len(savings)
    if n < 2 or n < len(matched):
        return None
    mean = math.fsum(savings) / n
    reach = t_quantile(n - 1) * statistics.stdev(savings) / math.sqrt(n)
    return PerFeature(n, mean, mean - reach, mean + reach)
