"""Divides what a request used among the tools that it called, so that the shares add up to it."""

from collections.abc import Sequence

from burnbook.cost.calculate import NOTHING, Usd
from burnbook.insight.spending.requests import Kinds, Spent
from burnbook.insight.whole_shares import divide


class Share:
    """What a name has of all requests: `calls` of it, the requests with a call, tokens and cost.

    `results`: tokens by which the next prompt grew, and of how many calls that is known.
    """

    def __init__(self) -> None:
        self.calls = self.requests = 0
        self.kinds: Kinds = (0, 0, 0, 0, 0)
        self.usd: Usd = NOTHING
        self.results = self.results_of = 0

    def add(self, kinds: Kinds, usd: Usd) -> None:
        """Add tokens and their cost."""
        first, read, short, long, output = kinds
        own = self.kinds
        self.kinds = (own[0] + first, own[1] + read, own[2] + short, own[3] + long, own[4] + output)
        self.usd = self.usd.plus(usd)

    @property
    def total(self) -> int:
        """All tokens."""
        return sum(self.kinds)


def add_shares(spent: Spent, names: Sequence[str], shares: dict[str, Share]) -> None:
    """Add an equal share of a request to each name, of which there is at least one."""
    if len(names) == 1:
        _share(shares, names[0]).add(spent.kinds, spent.usd)
        return
    equal = [1] * len(names)
    kinds = [divide(amount, equal) for amount in spent.kinds]
    attos = divide(spent.usd.attos, equal)
    for number, name in enumerate(names):
        first, read, short, long, output = (part[number] for part in kinds)
        usd = Usd(attos[number], spent.usd.is_whole)
        _share(shares, name).add((first, read, short, long, output), usd)


def count(names: Sequence[str], calls: Sequence[str], shares: dict[str, Share]) -> None:
    """Count the calls of names, and a request for each name."""
    for name in calls:
        _share(shares, name).calls += 1
    for name in dict.fromkeys(names):
        _share(shares, name).requests += 1


def _share(shares: dict[str, Share], name: str) -> Share:
    share = shares.get(name)
    if share is None:
        share = shares[name] = Share()
    return share
