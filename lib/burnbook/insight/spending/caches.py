"""What prompt caches saved, what writing to them cost, and what expired ones cost.

All prices are list prices, because logs that report a cost do not divide it. A request that reads
less than the one before it left in the cache has lost a part of its prefix. If it came later than
the cache lives, that part has expired; if not, the prefix had changed: other tools, a compacted
conversation. Each model has a cache of its own.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta

from burnbook.insight.spending.requests import Spent, in_sequence

LEAST = 1024
"""Tokens that a lost prefix has at least: vendors cache no shorter one."""
_SHORT, _LONG = timedelta(minutes=5), timedelta(hours=1)
_INPUT, _READ, _WRITE_5M, _WRITE_1H = range(4)  # of `Rate.attos`


class CacheSums:
    """What caches did for some requests; amounts of money are in 10**-18 USD.

    `without_price` of the requests have no price, and so no part in the amounts. `saved`: the
    price of what was read, as input, less its price. `written`: what writing cost more than
    input would have. `expired` and `changed`: how many requests lost a prefix, for each reason, the
    tokens that were sent again for it, and what these cost more than reading them.
    """

    def __init__(self) -> None:
        self.requests = self.without_price = 0
        self.prompt = self.read = self.write_5m = self.write_1h = 0
        self.saved = self.written = 0
        self.expired = self.expired_tokens = self.expired_cost = 0
        self.changed = self.changed_tokens = self.changed_cost = 0

    @property
    def net(self) -> int:
        """What caches saved, less what writing to them cost."""
        return self.saved - self.written


class Lost:
    """The prefix that a request lost: its tokens, their cost, and whether it had expired."""

    def __init__(self, tokens: int, cost: int, *, has_expired: bool) -> None:
        self.tokens, self.cost, self.has_expired = tokens, cost, has_expired


def lost(before: Spent, spent: Spent) -> Lost | None:
    """What a request lost of the prefix that the one before it left in the cache."""
    row, earlier = spent.row, before.row
    writes = earlier.cache_write_5m_tokens + earlier.cache_write_1h_tokens
    missing = earlier.cache_read_tokens + writes - row.cache_read_tokens
    # What is new in this prompt was not in the cache before. The rest of it was sent again.
    written = row.cache_write_5m_tokens + row.cache_write_1h_tokens
    again = min(missing, written or row.input_tokens, before.prompt)
    if again < LEAST:
        return None
    attos = spent.rate.attos
    if written:
        is_long = row.cache_write_1h_tokens > row.cache_write_5m_tokens
        price = attos[_WRITE_1H if is_long else _WRITE_5M]
    else:
        price = attos[_INPUT]
    life = _LONG if earlier.cache_write_1h_tokens else _SHORT
    # A vendor that charges nothing for writes states no lifetime: what was lost has changed or
    # expired, and after an hour it has expired.
    life = life if writes or written else _LONG
    return Lost(again, again * (price - attos[_READ]), has_expired=row.ts - earlier.ts > life)


def cache_sums(
    requests: Iterable[Spent], name_of: Callable[[Spent], str | None]
) -> dict[str | None, CacheSums]:
    """The sums of requests by a name."""
    by_name: dict[str | None, CacheSums] = {}
    all_requests = list(requests)
    for spent in all_requests:
        sums = by_name.setdefault(name_of(spent), CacheSums())
        _, read, short, long, _ = spent.kinds
        attos = spent.rate.attos
        sums.requests += 1
        sums.without_price += spent.rate.reason is not None
        sums.prompt += sum(spent.kinds[:4])
        sums.read, sums.write_5m, sums.write_1h = (
            sums.read + read,
            sums.write_5m + short,
            sums.write_1h + long,
        )
        sums.saved += read * (attos[_INPUT] - attos[_READ])
        sums.written += short * (attos[_WRITE_5M] - attos[_INPUT])
        sums.written += long * (attos[_WRITE_1H] - attos[_INPUT])
    for before, spent in in_sequence(all_requests, of_model=True):
        part = lost(before, spent)
        if part is None:
            continue
        sums = by_name[name_of(spent)]
        if part.has_expired:
            sums.expired += 1
            sums.expired_tokens += part.tokens
            sums.expired_cost += part.cost
        else:
            sums.changed += 1
            sums.changed_tokens += part.tokens
            sums.changed_cost += part.cost
    return by_name
