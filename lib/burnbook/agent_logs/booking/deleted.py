"""What the book lacks of a session from which an agent deleted requests."""

import msgspec

from burnbook.agent_logs.origin import cleaned
from burnbook.agent_logs.requests import RequestSet, total
from burnbook.agent_logs.sums.deleted import Total
from burnbook.book import salt
from burnbook.store.store import Store
from burnbook.usage.counts import Counts
from burnbook.usage.projection import USAGE

_SUMS = ("input", "cache_read", "cache_write_5m", "cache_write_1h", "output", "reasoning")
_BOOKED = f"""
SELECT {", ".join(f"sum({name})" for name in (*_SUMS, "usd_nanos"))}
FROM usage_cells JOIN usage_origins ON usage_origins.id = usage_cells.origin
WHERE tool = ? AND session IN (?, ?)
"""
_LEAST_USD = 1e-9


def add_rest(store: Store, totals: list[Total], requests: RequestSet) -> None:
    """Move to `requests` what the book lacks; the other requests of the sessions are booked."""
    while totals:
        key, origin, request = totals.pop()
        session = cleaned(origin).session
        known = [session, _forgotten(store.root, session)]
        [row] = store.view(USAGE).execute(_BOOKED, [requests.tool, *known]).fetchall()
        *booked, nanos = (value or 0 for value in row)
        fresh, read, short, long, output, reasoning = (
            max(used - old, 0) for used, old in zip(request.amounts, booked, strict=True)
        )
        amounts = (fresh, read, short, long, output, min(reasoning, output))
        usd = max(round((request.usd or 0.0) - Counts(usd_nanos=nanos).usd, 9), 0.0)
        if not total(amounts) and usd <= _LEAST_USD:
            requests.tally.duplicates += 1
            continue
        values = {"total": total(amounts), "amounts": amounts, "usd": usd}
        values["origin"] = requests.origin_number(origin)
        requests.add(key, msgspec.structs.replace(request, **values))


def _forgotten(root: str, session: str | None) -> str | None:
    """The name that a session has after `forget`."""
    if session is None or not salt.exists(root):
        return session
    return salt.pseudonym(root, session, salt.LONG)
