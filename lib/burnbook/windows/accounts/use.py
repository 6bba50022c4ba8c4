"""What each agent and each account used in a window.

An agent's closing is about its own BEFORE and AFTER. Agents that share an account share its meters,
so the account's use goes from the first BEFORE of any of them to the last AFTER, and counts once.
"""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from burnbook.meters import deltas
from burnbook.meters.deltas import ACCOUNT_CHANGED, Evidence, Seen
from burnbook.rows.meters import AccountUse, Closing, MeterDelta, Snapshot
from burnbook.windows.accounts.evidence import Evidences
from burnbook.windows.accounts.identity import Account
from burnbook.windows.booked.pairs import Pair


class _Stretch(msgspec.Struct, frozen=True):
    """One agent's BEFORE and AFTER, and their account; `changed` has two if they differ."""

    pair: Pair
    before: Snapshot | None
    after: Snapshot | None
    account: Account
    changed: tuple[str, str] | None


def uses(
    evidences: Evidences, pairs: Sequence[Pair], rows: Mapping[str, Snapshot]
) -> tuple[tuple[Closing, ...], tuple[AccountUse, ...]]:
    """A closing for each pair, and the use of each account; `rows` has their snapshots by id."""
    groups: dict[tuple[str, str], list[_Stretch]] = {}
    for pair in pairs:
        stretch = _stretch(evidences, pair, rows)
        groups.setdefault((pair.provider, stretch.account.name), []).append(stretch)
    closings, accounts = [], []
    for (provider, name), group in sorted(groups.items()):
        shots = [row for stretch in group for row in (stretch.before, stretch.after) if row]
        moments = [row.captured_at for row in shots]
        seen = evidences.between(provider, name, min(moments), max(moments))
        own = [_closing(stretch, seen) for stretch in group]
        closings += own
        accounts.append(_use(group, own, seen))
    closings.sort(key=lambda closing: (closing.agent, closing.provider))
    return tuple(closings), tuple(accounts)


def _stretch(evidences: Evidences, pair: Pair, rows: Mapping[str, Snapshot]) -> _Stretch:
    before = rows[pair.before.id] if pair.before else None
    after = rows[pair.after.id] if pair.after else None
    known = evidences.identities(pair.provider)
    ends = [known.of_pair(pair, entry) for entry in (pair.before, pair.after) if entry]
    if not ends[0].is_known and ends[-1].is_known:
        ends[0] = replace(ends[-1], known_from="last-known")
    changed = None
    if ends[0].name != ends[-1].name:
        changed = ends[0].name, ends[-1].name
    elif before and after and before.account and after.account and before.account != after.account:
        changed = before.account, after.account
    inferred = next((end for end in ends if end.known_from == "last-known"), ends[0])
    account = replace(ends[0], known_from=inferred.known_from)
    return _Stretch(pair, before, after, account, changed)


def _closing(stretch: _Stretch, seen: Evidence) -> Closing:
    before, after, changed = stretch.before, stretch.after, stretch.changed
    meters = deltas.deltas(before, after, seen)
    if changed is not None:
        meters = [deltas.unknown(meter, ACCOUNT_CHANGED) for meter in meters]
    newest = after or before
    return Closing(
        agent=stretch.pair.agent,
        provider=stretch.pair.provider,
        before=before.id if before else None,
        after=after.id if after else None,
        meters=tuple(meters),
        context=newest.context if newest else None,
        account=changed[0] if changed else stretch.account.name,
        account_from=stretch.account.known_from,
        account_after=changed[1] if changed else None,
    )


def _use(group: Sequence[_Stretch], closings: Sequence[Closing], seen: Evidence) -> AccountUse:
    befores = [stretch.before for stretch in group if stretch.before]
    afters = [stretch.after for stretch in group if stretch.after]
    before = min(befores, key=lambda row: row.captured_at, default=None)
    after = max(afters, key=lambda row: row.captured_at, default=None)
    if before and after and after.captured_at < before.captured_at:
        after = None
    meters = closings[0].meters
    if len(group) > 1:
        reason = ACCOUNT_CHANGED if any(stretch.changed for stretch in group) else None
        if reason is None and any(stretch.after is None for stretch in group):
            reason = "no-after"
        shown = {meter.name: meter for closing in closings[::-1] for meter in closing.meters}
        meters = tuple(_shared(meter, before, after, seen, reason) for meter in shown.values())
    sources = [stretch.account.known_from for stretch in group]
    return AccountUse(
        provider=group[0].pair.provider,
        account=group[0].account.name,
        account_from="last-known" if "last-known" in sources else sources[0],
        agents=tuple(sorted(stretch.pair.agent for stretch in group)),
        before=before.id if before else None,
        after=after.id if after else None,
        meters=meters,
    )


def _shared(
    shown: MeterDelta,
    before: Snapshot | None,
    after: Snapshot | None,
    seen: Evidence,
    reason: str | None,
) -> MeterDelta:
    """The change of a meter that several agents share.

    `reason` is why it is not known as a whole. Then the least that was used is, if two values or
    more show it.
    """
    name = shown.name
    old, new = deltas.meter_of(before, name), deltas.meter_of(after, name)
    values = seen.get(name, ())
    reason = reason or deltas.not_known(before, after, old, new)
    if reason is None and before and after and old and new:
        ends = Seen(before.captured_at, old), Seen(after.captured_at, new)
        return deltas.delta_of(*ends, values)
    least = None
    if values and reason != ACCOUNT_CHANGED and before:
        least = deltas.bounds(values).least or None
    return msgspec.structs.replace(
        deltas.unknown(shown, reason or "", least),
        before=old.used_percent if old else None,
        after=new.used_percent if new else None,
    )
