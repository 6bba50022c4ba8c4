"""Simulates sessions with known truth, and counts how `usage` divides and compares them.

The parts of divided requests add up to the whole, to the token and to 10**-18 USD. Few ordinary
sessions are called unusual, and nearly all planted ones are. Costs and sizes are lognormal, with a
spread between sessions of 0.5 to 1.2; planted sessions cost 12 times the median of their spread of
0.5, or send a prefix again in every second request.

    .venv/bin/python benchmarks/simulate_spending.py --accounts 200
"""

import argparse
import random
import sys
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

from burnbook.cost.calculate import Usd
from burnbook.insight.spending.outliers import Session, outliers
from burnbook.insight.whole_shares import divide

_SESSIONS = 120
_PLANTED = 3
_FALSE, _DETECTED = 0.01, 0.95


class Outcome(NamedTuple):
    """What a simulation showed: the figure, its target, and whether it holds."""

    name: str
    value: float
    target: float
    is_at_most: bool

    @property
    def holds(self) -> bool:
        """Whether the figure reaches its target."""
        return self.value <= self.target if self.is_at_most else self.value >= self.target


def simulate(accounts: int, seed: int) -> list[Outcome]:
    """Returns each figure of this many simulated accounts, of 120 sessions each."""
    draw = random.Random(seed)  # noqa: S311 - not for cryptography
    flagged = ordinary = detected = planted = wrong = 0
    for _ in range(accounts):
        spread = draw.uniform(0.5, 1.2)
        sessions = [_ordinary(draw, spread, number) for number in range(_SESSIONS)]
        unusual = [_planted(draw, number) for number in range(_PLANTED)]
        flagged += len(outliers(sessions).rows)
        ordinary += len(sessions)
        quiet = [_ordinary(draw, 0.5, number) for number in range(_SESSIONS)]
        names = {row.session.session for row in outliers([*quiet, *unusual]).rows}
        detected += sum(each.session in names for each in unusual)
        planted += len(unusual)
        amount, parts = draw.randrange(10**9), draw.randrange(1, 40)
        shares = divide(amount, [1] * parts)
        wrong += sum(shares) != amount or max(shares) - min(shares) > 1
    return [
        Outcome("ordinary sessions that are called unusual", flagged / ordinary, _FALSE, True),
        Outcome("planted sessions that are found", detected / planted, _DETECTED, False),
        Outcome("divisions that do not add up", wrong, 0, True),
    ]


def _ordinary(draw: random.Random, spread: float, number: int) -> Session:
    cost, size, growth = (draw.lognormvariate(0, spread) for _ in range(3))
    return _session(
        f"ordinary-{number}",
        usd_per_request=0.05 * cost,
        largest_request=80_000 * size,
        growth_per_request=2_000 * growth,
        expired_tokens=30_000 * draw.lognormvariate(0, spread),
        repeated_calls=float(1 + draw.randrange(6)),
    )


def _planted(draw: random.Random, number: int) -> Session:
    plain = _ordinary(draw, 0.2, number).measures
    name, factor = draw.choice((("usd_per_request", 12), ("expired_tokens", 12)))
    return _session(f"planted-{number}", **{**plain, name: factor * plain[name]})


def _session(name: str, **measures: float) -> Session:
    attos = Usd(round(measures["usd_per_request"] * 10**18), is_whole=True).attos
    return Session("claude", name, None, None, 20, 10**6, attos, True, {"expired": 2.0, **measures})


def main() -> int:
    """Prints each figure, its target and whether it holds; 1 where one misses."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=19)
    args = parser.parse_args()
    outcomes = simulate(args.accounts, args.seed)
    for outcome in outcomes:
        word = "at most" if outcome.is_at_most else "at least"
        print(
            f"{outcome.name}: {outcome.value:.4g}, {word} {outcome.target}:"
            f" {'holds' if outcome.holds else 'MISSES'}"
        )
    return 0 if all(outcome.holds for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
