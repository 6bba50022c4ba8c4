"""Whether offloading saved or lost dollars: a sentence, and the interval per feature."""

import math
import statistics
from collections.abc import Sequence

from burnbook.base.stats import t_quantile
from burnbook.cost.comparison.figures import Compared, PerFeature, Source


def verdict(whole: Compared, reason: str | None, source: Source) -> str:
    """Returns the verdict on a window. `reason`: why a cost is unknown, if it is."""
    requests, errors = whole.routed.requests, whole.routed.errors
    notes = ["from agents' logs"] if source == "agent_usage" else []
    if not requests or whole.saved_usd is None:
        notes.insert(0, "no routed requests" if not requests else str(reason))
        return f"Offloading: unknown ({'; '.join(notes)})"
    word = "lost" if whole.saved_usd < 0 else "saved"
    if errors:
        notes.insert(0, f"{errors:,} of {requests:,} routed requests failed")
    noted = f" ({'; '.join(notes)})" if notes else ""
    return f"Offloading {word} {abs(whole.saved_usd):,.4f} USD{noted}"


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
