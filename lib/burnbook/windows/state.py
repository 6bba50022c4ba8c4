"""The state of an agent with a provider, derived from the snapshots, for other programs."""

from collections.abc import Sequence

import msgspec

from burnbook.base.errors import IOFault, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.book import lock
from burnbook.book.book import Booked, Build
from burnbook.context import Context
from burnbook.jsonl import follow
from burnbook.rows.meters import Moment, Phase, Row, Snapshot, Void
from burnbook.windows.snapshot_index import SnapshotIndex, snapshot_index


class State(msgspec.Struct, frozen=True):
    """state/<agent>/<provider>.json: the newest snapshot of one agent and provider. Derived."""

    agent: str
    provider: str
    window: str
    phase: Phase
    captured_at: Moment
    before: str | None
    after: str | None


def state_of(index: SnapshotIndex, agent: str, provider: str) -> State | None:
    """The state according to the snapshots; None if there are none that count."""
    window = index.latest(agent, provider)
    pair = index.pair(window, agent, provider) if window else None
    if window is None or pair is None or pair.last is None:
        return None
    return State(
        agent=agent,
        provider=provider,
        window=window,
        phase=pair.last.phase,
        captured_at=pair.last.captured_at,
        before=pair.before.id if pair.before else None,
        after=pair.after.id if pair.after else None,
    )


def state_path(root: str, agent: str, provider: str) -> RootedPath:
    """The file of a state."""
    return RootedPath(root, f"state/{agent}/{provider}.json")


def commit(ctx: Context, build: Build, wait: float = lock.WAIT_SECONDS) -> list[Booked]:
    """`Book.commit` for rows that may be snapshots or voids: it also writes their states.

    A symbolic link in the path of a state or a pane is refused before any row is written.
    """
    snapshot_index(ctx)  # so that only the newest rows are read under the lock

    def checked() -> Sequence[tuple[str, Row]]:
        rows = build()
        for row in (row for _, row in rows if isinstance(row, Snapshot | Void)):
            state_path(ctx.book.root, *_subject(ctx, row)).status()
            ctx.book.raw_path(row.id).status()
        return rows

    def write_states(booked: Sequence[Booked]) -> None:
        rows = [entry.row for entry in booked if isinstance(entry.row, Snapshot | Void)]
        try:
            for subject in dict.fromkeys(_subject(ctx, row) for row in rows):
                write(ctx, *subject)
        except OSError as error:
            # The rows are durable. Only the state is outdated, and the next run rewrites it.
            raise IOFault(os_sentence("the rows are booked, but not the state", error)) from None

    return ctx.book.commit(checked, wait, write_states)


def renew(ctx: Context, agent: str, provider: str) -> None:
    """Corrects the state after a killed command, if there is one."""
    if state_path(ctx.book.root, agent, provider).status() is not None:
        with lock.book_lock(ctx.book.root):
            write(ctx, agent, provider)


def put(root: str, agent: str, provider: str, state: State | None, *, has_newer: bool) -> None:
    """Writes a state, or removes it if it is None. The caller holds the lock.

    With `has_newer`, a newer version wrote some of the snapshots. The state may belong to one of
    them, so it is not removed.
    """
    path = state_path(root, agent, provider)
    if agent == follow.OLD_FOLDER:
        follow.keep_old(root, provider)
    if state is not None:
        path.replace(msgspec.json.format(msgspec.json.encode(state)) + b"\n")
    elif not has_newer and path.status() is not None:
        path.unlink()
        path.parent.sync()


def write(ctx: Context, agent: str, provider: str) -> None:
    """Writes the state that the snapshots show. The caller holds the lock."""
    state = state_of(snapshot_index(ctx), agent, provider)
    has_newer = bool(ctx.store.skipped["snapshots"].newer)
    put(ctx.book.root, agent, provider, state, has_newer=has_newer)


def _subject(ctx: Context, row: Snapshot | Void) -> tuple[str, str]:
    """The agent and the provider of a row."""
    if isinstance(row, Snapshot):
        return row.agent or "", row.provider
    [target] = [e for e in snapshot_index(ctx).entries(row.window or "") if e.id == row.void]
    return target.agent, target.provider
