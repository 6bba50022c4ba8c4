"""Books a checkpoint and the churn of its window, then updates the ledgers and the handoff."""

from typing import NamedTuple

from burnbook.base.errors import BurnbookError, IOFault, os_sentence
from burnbook.book import codec
from burnbook.book.book import Booked
from burnbook.budget.agent_share import NOT_KNOWN, Shares, attribute, share_of
from burnbook.budget.budget import budget_of
from burnbook.budget.checkpoint import Choice, Facts, Given, choose_rows
from burnbook.budget.tokens_used import actual, sources
from burnbook.churn import count
from burnbook.churn.git import GIT_FAULTS
from burnbook.config.folders import Pages, ledgers
from burnbook.config.settings import DEFAULT_AGENT
from burnbook.context import Context
from burnbook.preview.scene import Scene, scene
from burnbook.review import publish
from burnbook.rows.meters import Row
from burnbook.rows.work import Checkpoint
from burnbook.windows import missed_resets

_BEHIND = "the rows are booked; run it again to update the pages"


class BookedCheckpoint(NamedTuple):
    """The booked rows, why each checkpoint among them was chosen, and the updated pages."""

    rows: list[Booked]
    choices: list[Choice]
    paths: Pages
    pages: publish.Published


def book(ctx: Context, window: str, given: Given) -> BookedCheckpoint:
    """Books one checkpoint. Running it again completes what a killed run began.

    Raises BadData or IOFault, before anything is booked, if a page cannot be written.
    """
    paths = ledgers(ctx.config, ctx.book.root)
    publish.check(paths)
    facts, part = _facts(ctx, window)
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
        choices[:] = choose_rows(given, known, part)
        checkpoints = [
            choice.same
            or codec.make(
                Checkpoint,
                agent=choice.agent,
                window=window,
                phase=choice.phase,
                taken_at=known.now,
                supersedes=choice.base.id if choice.base else None,
                **choice.content._asdict(),
            )
            for choice in choices
        ]
        # Churn first, so that readers of the checkpoint find the row that it refers to.
        rows: list[Row] = [*([churn] if churn else []), *checkpoints]
        return [("churn" if row is churn else "checkpoints", row) for row in rows]

    rows = missed_resets.commit(ctx, build, sure=True)
    try:
        pages = publish.renew(ctx, window, paths)
    except BurnbookError as error:
        raise type(error)(f"{_BEHIND}: {error}") from None
    except OSError as error:
        raise IOFault(os_sentence(_BEHIND, error)) from None
    return BookedCheckpoint(rows, choices, paths, pages)


def _facts(ctx: Context, window: str) -> tuple[Facts, Facts | None]:
    """Returns the facts of the window, and those of the agent if it is one of several.

    Checkpoints and churn are read under the lock. The default agent is none of them without meters
    and requests of its own: it books for the others, as cron does.
    """
    shown = scene(ctx, window)
    used = actual(sources(shown.traffic, shown.used))
    shares = _shares(ctx, shown)
    agents = {pair.agent_id for pair in shown.pairs} | shares.tokens.keys()
    agents |= {row.agent for row in shown.checkpoints if row.agent not in (None, DEFAULT_AGENT)}
    is_outside = ctx.agent == DEFAULT_AGENT and bool(agents) and ctx.agent not in agents
    agents |= set() if is_outside else {ctx.agent}
    is_alone = agents == {ctx.agent}
    facts = Facts(
        agent=ctx.agent if is_alone else None,
        agents=sorted(agents),
        now=shown.now,
        rows=(),
        finalized=shown.finalized is not None,
        ends_at=shown.span.ends_at,
        budget=budget_of(ctx.config, window)[1],
        used=used,
        provider=_provider(ctx, shown, ctx.agent if is_alone else None),
        churn=None,
        decision=None,
    )
    if is_alone or is_outside:
        return facts, None
    share = share_of(ctx.agent, shares, used)
    part = facts._replace(
        agent=ctx.agent,
        used=share.used,
        reason=share.reason,
        is_part=True,
        provider=_provider(ctx, shown, ctx.agent),
        decision=NOT_KNOWN,
    )
    return facts, part


def _shares(ctx: Context, shown: Scene) -> Shares:
    """Returns the share of each agent in the requests of the agents' logs."""
    users: dict[str, set[str]] = {}
    for pair in shown.pairs:
        users.setdefault(pair.provider, set()).add(pair.agent_id)
    if not shown.used:
        return Shares({}, frozenset())
    from burnbook.usage.queries import Filters, sums
    from burnbook.usage.report import new_tokens

    by_agent = sums(ctx.store, "agent", Filters(window=shown.window))
    return attribute(users, ((key.period, key.tool, new_tokens(each)) for key, each in by_agent))


def _provider(ctx: Context, shown: Scene, agent: str | None) -> str | None:
    """Returns the provider of an agent, or of the whole window; None if there are several."""
    providers = {pair.provider for pair in shown.pairs if agent in (None, pair.agent_id)}
    if len(providers) == 1:
        return providers.pop()
    declared = ctx.config.agents.get(agent) if agent is not None else None
    return declared.provider if declared and not providers else None
