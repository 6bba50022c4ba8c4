"""Divides whole numbers without a remainder, so that shares sum to the total.

The largest-remainder method (Hamilton's): each share gets the whole part of its quota, and what is
left goes to the largest fractions, one unit each; of equal ones, to the first.
"""

from collections.abc import Sequence


def divide(total: int, weights: Sequence[int]) -> list[int]:
    """Returns whole shares of a total, in proportion to weights; their sum is the total.

    Weights are at least 0 and not all 0. Raises ValueError otherwise.
    """
    whole = sum(weights)
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("weights must be at least 0 and not all 0")
    shares = [total * weight // whole for weight in weights]
    left = total - sum(shares)
    fractions = [total * weight % whole for weight in weights]
    for index in sorted(range(len(weights)), key=lambda i: (-fractions[i], i))[:left]:
        shares[index] += 1
    return shares
