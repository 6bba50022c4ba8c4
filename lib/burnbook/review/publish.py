"""Brings the pages beside the book up to date: both ledgers, and the handoff."""

from typing import NamedTuple

from burnbook.book import journal
from burnbook.config import ledgers
from burnbook.context import Context
from burnbook.ledgers import csv_ledger, handoff_file, projection
from burnbook.preview.scene import scene
from burnbook.review import handoff_page
from burnbook.review.decide_window import decide
from burnbook.review.decision import Decision
from burnbook.rows.work import Checkpoint


class Pages(NamedTuple):
    """What was done to the pages: rows added to each ledger, whether the handoff changed."""

    added: dict[str, int]
    refreshed: bool
    decided: Decision


def check(places: ledgers.Pages) -> None:
    """Nothing, where all can be written; else BadData or IOFault. Never writes."""
    for form in (csv_ledger.TOKENS, csv_ledger.CHURN):
        csv_ledger.check(places.folder, form)
    handoff_file.check(places.handoff)


def renew(ctx: Context, window: str, places: ledgers.Pages) -> Pages:
    """Every row that a ledger lacks, of this run or of a killed one, and the page of the window."""
    added: dict[str, int] = {}
    refreshed = False
    while True:
        seen = _sizes(ctx)
        checkpoints: list[Checkpoint] = ctx.book.rows("checkpoints")
        churn = projection.own(ctx.book.rows("churn"))
        zone = ctx.config.zone
        for form, rows in (
            (csv_ledger.TOKENS, projection.tokens(checkpoints, churn, zone)),
            (csv_ledger.CHURN, projection.churn(churn, checkpoints, zone)),
        ):
            new = csv_ledger.project(places.folder, form, rows)
            added[form.file] = added.get(form.file, 0) + new
        now = scene(ctx, window)
        decided = decide(ctx, window, now.facts)
        text = handoff_page.text(
            ctx, now, places, [row for row in checkpoints if row.window == window], decided
        )
        refreshed |= handoff_file.refresh(places.handoff, text)
        # Whoever booked meanwhile may have written the page first; then ours was an older one.
        if _sizes(ctx) == seen:
            return Pages(added, refreshed, decided)


def _sizes(ctx: Context) -> list[int]:
    return [journal.size(journal.path_of(ctx.book.root, n)) for n in ("checkpoints", "churn")]
