"""Money and credits of each account at the beginning and the end of a window."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from burnbook.context import Context
from burnbook.meters.rate_limits import CREDIT_LIMIT
from burnbook.meters.vendor_meters import ShownCredits
from burnbook.rows.amounts import Amount
from burnbook.rows.meters import AccountUse, Snapshot
from burnbook.windows.vendor_meters_store import official_meters


class AmountUse(msgspec.Struct, frozen=True):
    """One amount of one account. `spent` is null where it is not known.

    A purchase in between makes a balance fall less, which the snapshots do not show.
    """

    provider: str
    account: str
    agents: tuple[str, ...]
    name: str
    unit: str
    before: Amount | None
    after: Amount | None
    spent: float | None


class NewestAmount(msgspec.Struct, frozen=True):
    """The newest credits that the logs of an account show."""

    provider: str
    account: str
    captured_at: datetime
    name: str
    unit: str
    used: float | None
    limit: float | None
    left: float | None


def newest_amounts(ctx: Context) -> list[NewestAmount]:
    """The newest credits of each account, sorted by provider and account."""
    newest: dict[tuple[str, str], ShownCredits] = {}
    for source, credits in official_meters(ctx.store).credits.items():
        provider, _, home = source.partition(" ")
        account = ctx.config.accounts.name(provider, home or None, None) or provider
        last = newest.setdefault((provider, account), credits)
        newest[provider, account] = max(last, credits, key=lambda each: each.moment)
    return [
        NewestAmount(*who, credits.captured_at, *msgspec.structs.astuple(amount))
        for who, credits in sorted(newest.items(), key=lambda item: item[0])
        for amount in credits.amounts
    ]


def amount_uses(
    accounts: Sequence[AccountUse], rows: Mapping[str, Snapshot]
) -> Iterator[AmountUse]:
    """The amounts that the snapshots of each account show; `rows` has them by id."""
    for use in accounts:
        before, after = _amounts(use.before, rows), _amounts(use.after, rows)
        for key in before | after:
            old, new = before.get(key), after.get(key)
            spent = _spent(old, new) if old and new and not _was_reset(use, key[0]) else None
            who = (use.provider, use.account, use.agents)
            yield AmountUse(*who, *key, old, new, spent)


def _amounts(snapshot: str | None, rows: Mapping[str, Snapshot]) -> dict[tuple[str, str], Amount]:
    row = rows.get(snapshot or "")
    return {(amount.name, amount.unit): amount for amount in (row and row.amounts) or ()}


def _was_reset(use: AccountUse, name: str) -> bool:
    """Whether the meter of an amount was reset in between."""
    return any(meter.resets for meter in use.meters if meter.name in (name, CREDIT_LIMIT))


def _spent(old: Amount, new: Amount) -> float | None:
    """What was used in between, else how much the balance fell; None if neither is shown."""
    pairs = ((old.used, new.used), (new.left, old.left))
    for low, high in pairs:
        if low is not None and high is not None:
            return round(high - low, 6) if high >= low else None
    return None
