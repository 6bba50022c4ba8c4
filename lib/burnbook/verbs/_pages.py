"""Brings the pages beside the book up to date: both ledgers, and the handoff."""

from typing import NamedTuple

from burnbook import handoff, journal, ledgers, ledgerspec
from burnbook.derive import projected
from burnbook.derive.decision import Decision
from burnbook.verbs import Context, _handoff_page
from burnbook.verbs._decision import decide
from burnbook.verbs._scene import scene
from burnbook.workrows import Checkpoint


class Pages(NamedTuple):
    """What was done to the pages: rows added to each ledger, whether the handoff changed."""

    added: dict[str, int]
    refreshed: bool
    decided: Decision


def check(places: ledgerspec.Pages) -> None:
    """Nothing, where all can be written; else BadData or IOFault. Never writes."""
    for form in (ledgers.TOKENS, ledgers.CHURN):
        ledgers.check(places.folder, form)
    handoff.check(places.handoff)


def renew(ctx: Context, window: str, places: ledgerspec.Pages) -> Pages:
    """Every row that a ledger lacks, of this run or of a killed one, and the page of the window."""
    added: dict[str, int] = {}
    refreshed = False
    while True:
        seen = _sizes(ctx)
        checkpoints: list[Checkpoint] = ctx.book.rows("checkpoints")
        churn = projected.own(ctx.book.rows("churn"))
        zone = ctx.config.zone
        for form, rows in (
            (ledgers.TOKENS, projected.tokens(checkpoints, churn, zone)),
            (ledgers.CHURN, projected.churn(churn, checkpoints, zone)),
        ):
            new = ledgers.project(places.folder, form, rows)
            added[form.file] = added.get(form.file, 0) + new
        now = scene(ctx, window)
        decided = decide(ctx, window, now)
        text = _handoff_page.text(
            ctx, now, places, [row for row in checkpoints if row.window == window], decided
        )
        refreshed |= handoff.refresh(places.handoff, text)
        # Whoever booked meanwhile may have written the page first; then ours was an older one.
        if _sizes(ctx) == seen:
            return Pages(added, refreshed, decided)


def _sizes(ctx: Context) -> list[int]:
    return [journal.size(journal.path_of(ctx.book.root, n)) for n in ("checkpoints", "churn")]
