"""What the requests of one account used up to any moment, from sums by quarter-hour."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from burnbook.store.queries import QUARTER

KINDS = ("input", "cache_read", "cache_write", "output")
"""The kinds of tokens, which do not overlap; output includes reasoning."""
_FIRST = ("requests", "unpriced", *KINDS)

Numbers = Any
"""An array of floats: numpy is not there when types are checked."""


class Spending:
    """Sums of requests over time: requests, those without a price, tokens by kind, USD by model.

    `quarters` are quarter-hours (epoch seconds // 900) in order, `amounts` has a row for each: the
    columns of `_FIRST`, then the list price of each of `models`. The book has no finer sums, so the
    amounts within a quarter-hour are what is expected of equal requests at random moments.
    """

    def __init__(
        self, quarters: Sequence[int], models: Sequence[str], amounts: Sequence[Sequence[float]]
    ) -> None:
        self.models = tuple(models)
        width = len(_FIRST) + len(models)
        self._amounts = np.asarray(amounts, dtype=float).reshape(len(quarters), width)
        self._amounts = np.vstack([self._amounts, np.zeros(width)])
        self._quarters = np.append(np.asarray(quarters, dtype=float), np.inf)
        self._before = np.vstack([np.zeros(width), self._amounts[:-1].cumsum(axis=0)])

    @property
    def begins(self) -> float:
        """When the first quarter-hour with requests begins, in epoch seconds; infinity if none."""
        return float(self._quarters[0]) * QUARTER

    def between(self, began: float, ended: float) -> Numbers:
        """The amounts of each column between two moments, in epoch seconds."""
        first, last = self.up_to([began, ended])
        result: Numbers = last - first
        return result

    def up_to(
        self, moments: Sequence[float] | Numbers, after_request: Sequence[bool] | None = None
    ) -> Numbers:
        """The sums of each column up to each moment: an array (moments, columns).

        `after_request`: whether a moment is that of the answer to a request. Then one of the
        requests of its quarter-hour is before it, and each of the others perhaps.
        """
        at = np.asarray(moments, dtype=float)
        quarter = at // QUARTER
        n = np.searchsorted(self._quarters, quarter)
        is_within = self._quarters[n] == quarter
        share = at / QUARTER - quarter
        if after_request is not None:
            requests = np.maximum(self._amounts[n, 0], 1.0)
            share = np.where(after_request, (1 + share * (requests - 1)) / requests, share)
        result: Numbers = self._before[n] + (share * is_within)[:, None] * self._amounts[n]
        return result


def split(amounts: Numbers) -> tuple[float, float, Numbers, Numbers]:
    """The columns of `Spending`: requests, those without a price, tokens by kind, USD by model."""
    tokens = amounts[2 : len(_FIRST)]
    return float(amounts[0]), float(amounts[1]), tokens, amounts[len(_FIRST) :]


def merged(by_quarter: Mapping[int, Mapping[str, Sequence[float]]]) -> Spending:
    """A `Spending` of sums by quarter-hour and model: columns of `_FIRST`, then USD."""
    models = sorted({model for of_models in by_quarter.values() for model in of_models})
    at = {model: len(_FIRST) + n for n, model in enumerate(models)}
    amounts = []
    for _, of_models in sorted(by_quarter.items()):
        row = [0.0] * (len(_FIRST) + len(models))
        for model, values in of_models.items():
            for n, value in enumerate(values[:-1]):
                row[n] += value
            row[at[model]] += values[-1]
        amounts.append(row)
    return Spending(sorted(by_quarter), models, amounts)
