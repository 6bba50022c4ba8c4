"""Updates the pages beside the book: the ledgers of tokens and churn, and the handoff."""

from typing import NamedTuple

from burnbook.book import journal
from burnbook.config.folders import Pages
from burnbook.context import Context
from burnbook.ledgers import csv_ledger, handoff_file, projection
from burnbook.preview.scene import scene
from burnbook.review import handoff_page
from burnbook.review.decision import Decision, decide_window
from burnbook.rows.work import Checkpoint


class Published(NamedTuple):
    """The rows added to each ledger, whether the handoff changed, and the decision in it."""

    added: dict[str, int]
    refreshed: bool
    decision: Decision


def check(paths: Pages) -> None:
    """Raises BadData or IOFault if a page cannot be written. Never writes."""
    for form in (csv_ledger.TOKENS, csv_ledger.CHURN):
        csv_ledger.check(paths.folder, form)
    handoff_file.check(paths.handoff)


def renew(ctx: Context, window: str, paths: Pages) -> Published:
    """Appends every row that a ledger lacks, also of a killed run, and updates the handoff."""
    added: dict[str, int] = {}
    refreshed = False
    while True:
        sizes = _sizes(ctx)
        checkpoints: list[Checkpoint] = ctx.book.rows("checkpoints")
        churn = projection.own(ctx.book.rows("churn"))
        zone = ctx.config.zone
        for form, rows in (
            (csv_ledger.TOKENS, projection.tokens(checkpoints, churn, zone)),
            (csv_ledger.CHURN, projection.churn(churn, checkpoints, zone)),
        ):
            count = csv_ledger.project(paths.folder, form, rows)
            added[form.file] = added.get(form.file, 0) + count
        shown = scene(ctx, window)
        decision = decide_window(ctx, window, shown)
        of_window = [row for row in checkpoints if row.window == window]
        text = handoff_page.text(ctx, shown, paths, of_window, decision)
        refreshed |= handoff_file.refresh(paths.handoff, text)
        # Another process that booked meanwhile may have written a newer page before this one.
        if _sizes(ctx) == sizes:
            return Published(added, refreshed, decision)


def _sizes(ctx: Context) -> list[int]:
    return [journal.size(journal.path_of(ctx.book.root, n)) for n in ("checkpoints", "churn")]
