"""Always-valid intervals for means of logarithms. Needs numpy.

The mixture of Robbins (1970) for normal values with an unknown standard deviation, in the closed
form of Lindon, Ham, Tingley and Bojinov (2022), "Anytime-Valid Inference in Linear Models and
Regression-Adjusted Causal Inference", arXiv 2210.08589, with one coefficient.
"""

from typing import Any

import numpy as np

LEAST_OF_ARM = 5
"""Fewer values of an arm give no interval."""


def difference(count: Any, mean: Any, squares: Any, scale: float, error: float) -> tuple[Any, Any]:
    """The estimated difference of two arms' means, and half of the width of its interval.

    `count`, `mean` and `squares` (the sum of squared deviations from the mean) have the two arms
    in their last dimension; other dimensions are kept. `scale` is the difference, in standard
    deviations, for which the interval is tuned; it must be chosen before the first value. The
    interval misses the true difference at any time with a probability of at most `error`. Half of
    its width is infinite where no interval is known.
    """
    estimate = mean[..., 1] - mean[..., 0]
    information = count[..., 0] * count[..., 1] / np.maximum(1, count.sum(-1))
    freedom = count.sum(-1) - 2
    half = _half(information, freedom, squares.sum(-1), scale, error)
    return estimate, np.where(count.min(-1) < LEAST_OF_ARM, np.inf, half)


def mean_of(count: Any, squares: Any, scale: float, error: float) -> Any:
    """Half of the width of the interval around the mean of one arm."""
    half = _half(count, count - 1, squares, scale, error)
    return np.where(count < LEAST_OF_ARM, np.inf, half)


def _half(information: Any, freedom: Any, squares: Any, scale: float, error: float) -> Any:
    """Where the mixture of likelihood ratios reaches 1 / `error`.

    The mixture has the weight N(0, scale^2) for the coefficient in standard deviations.
    """
    freedom = np.maximum(1, freedom)
    shrink = 1 / (1 + information * scale**2)
    # error^2 * shrink, without the loss of digits for many degrees of freedom.
    level = np.exp((2 * np.log(error) + np.log(shrink)) / (freedom + 1))
    t_squared = freedom * (1 - level) / np.where(level > shrink, level - shrink, np.nan)
    half = np.sqrt(t_squared * squares / freedom / np.maximum(information, 1e-300))
    return np.where(np.isnan(half), np.inf, half)
