"""Books a checkpoint and the churn of its window, then updates the ledgers and the handoff."""

from typing import NamedTuple

from burnbook.base.errors import BurnbookError, IOFault, os_sentence
from burnbook.book import codec
from burnbook.book.book import Booked
from burnbook.budget.budget import budget_of
from burnbook.budget.checkpoint import Choice, Facts, Given, choose
from burnbook.budget.tokens_used import actual, sources
from burnbook.churn import count
from burnbook.churn.git import GIT_FAULTS
from burnbook.config.folders import Pages, ledgers
from burnbook.context import Context
from burnbook.preview.scene import Scene, scene
from burnbook.review import publish
from burnbook.rows.meters import Row
from burnbook.rows.work import Checkpoint
from burnbook.windows import missed_resets

_BEHIND = "the rows are booked; run it again to update the pages"


class BookedCheckpoint(NamedTuple):
    """The booked rows (the checkpoint last), why it was chosen, and the updated pages."""

    rows: list[Booked]
    choice: Choice
    paths: Pages
    pages: publish.Published


def book(ctx: Context, window: str, given: Given) -> BookedCheckpoint:
    """Books one checkpoint. Running it again completes what a killed run began.

    Raises BadData or IOFault, before anything is booked, if a page cannot be written.
    """
    paths = ledgers(ctx.config, ctx.book.root)
    publish.check(paths)
    facts = _facts(ctx, window)
    counted = count.count(ctx, window, provider=given.provider, strict=False)
    if counted.decision in GIT_FAULTS:
        # The row may refer to churn that was booked earlier, so it alone would not show this.
        ctx.notes.append(f"churn is not counted now: {counted.reason}")
    choices: list[Choice] = []

    def build() -> list[tuple[str, Row]]:
        churn = count.row(ctx, window, counted) or count.current(ctx, window, given.provider)
        known = facts._replace(
            rows=[row for row in ctx.book.rows("checkpoints") if row.window == window],
            churn=churn.id if churn else None,
            decision=None if churn else counted.decision,
        )
        choice = choose(given, known)
        choices[:] = [choice]
        row = choice.same or codec.make(
            Checkpoint,
            agent=ctx.agent,
            window=window,
            phase=choice.phase,
            taken_at=known.now,
            supersedes=choice.base.id if choice.base else None,
            **choice.content._asdict(),
        )
        # Churn first, so that readers of the checkpoint find the row that it refers to.
        return [*([("churn", churn)] if churn else []), ("checkpoints", row)]

    rows = missed_resets.commit(ctx, build, sure=True)
    try:
        pages = publish.renew(ctx, window, paths)
    except BurnbookError as error:
        raise type(error)(f"{_BEHIND}: {error}") from None
    except OSError as error:
        raise IOFault(os_sentence(_BEHIND, error)) from None
    return BookedCheckpoint(rows, choices[0], paths, pages)


def _facts(ctx: Context, window: str) -> Facts:
    """Returns the facts except the checkpoints and churn, which are read under the lock."""
    shown = scene(ctx, window)
    return Facts(
        agent=ctx.agent,
        now=shown.now,
        rows=(),
        finalized=shown.finalized is not None,
        ends_at=shown.span.ends_at,
        budget=budget_of(ctx.config, window)[1],
        used=actual(sources(shown.traffic, shown.used)),
        provider=_provider(ctx, shown),
        churn=None,
        decision=None,
    )


def _provider(ctx: Context, shown: Scene) -> str | None:
    """Returns the agent's provider in this window, or None if it has several or none."""
    providers = {pair.provider for pair in shown.pairs if pair.agent == ctx.agent}
    if len(providers) == 1:
        return providers.pop()
    declared = ctx.config.agents.get(ctx.agent)
    return declared.provider if declared and not providers else None
