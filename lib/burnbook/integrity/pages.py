"""Ledgers held against journals. They are people's files too: what those wrote is left alone."""

from collections.abc import Sequence

from burnbook import ledgers
from burnbook.errors import BadData, IOFault
from burnbook.integrity import Finding

# Each ledger, the journal that it is of, and whether a row may wait there for the next checkpoint.
LEDGERS = (
    (ledgers.TOKENS, "checkpoints", False),
    (ledgers.CHURN, "churn", True),
    (ledgers.EVIDENCE, "evidence", False),
)


def look(folder: str, form: ledgers.Form, ids: Sequence[str], *, may_wait: bool) -> list[Finding]:
    """What a ledger lacks of these rows, has twice, or has of no row of the book.

    A ledger that is not there, or has none of the rows, is of another book: no fault.
    """
    try:
        here = ledgers.places(folder, form)
    except (BadData, IOFault) as error:
        return [Finding("ledger", form.file, 0, str(error))]
    if here is None:
        return []
    found: list[Finding] = []
    first: dict[str, int] = {}
    for line, key in here:
        if key in first:
            reason = f"{key} stands on line {first[key]} already; remove one of them"
            found.append(Finding("ledger", form.file, line, reason, row=key))
        first.setdefault(key, line)
    mine = [row_id for row_id in ids if row_id in first]
    strange = first.keys() - set(ids)
    if strange and mine:
        reason = f"{len(strange)} of its rows name rows that this book does not have"
        found.append(Finding("ledger", form.file, 0, reason, is_fault=False))
    if ids and not mine:
        reason = f"has none of this book's {len(ids)} rows"
        return [*found, Finding("ledger", form.file, 0, reason, is_fault=False)]
    last = max((at for at, row_id in enumerate(ids) if row_id in first), default=-1)
    for at, row_id in enumerate(ids):
        if row_id not in first:
            waits = may_wait and at > last
            reason = f"lacks {row_id}" + ("; the next checkpoint brings it" if waits else "")
            found.append(Finding("ledger-behind", form.file, 0, reason, not waits, row_id))
    return found
