"""Which commits `finalize` records: given by the caller, recorded before, or HEAD."""

from typing import Any

from burnbook.churn.git import Git, NotCounted
from burnbook.churn.repositories import Heads, recorded
from burnbook.context import Context
from burnbook.rows.meters import Commits, WindowRow
from burnbook.windows import boundaries

_NONE = Commits(None, None)


def resolved(ctx: Context, heads: Heads, given: Commits) -> Commits:
    """Returns the given revisions as full hashes, because HEAD and branches move.

    Runs git, so never call it under a lock. A revision that git does not know stays as given.
    """
    if given == _NONE or heads.current is None:
        return given
    git = Git(*heads.current)

    def full_hash(revision: str | None) -> str | None:
        try:
            return None if revision is None else git.commit(revision)
        except NotCounted as error:
            ctx.notes.append(f"{error}; booked as given")
            return revision

    return Commits(full_hash(given.start), full_hash(given.end))


def values(
    ctx: Context,
    window: str,
    heads: Heads,
    before: WindowRow | None,
    given: Commits,
    full: Commits,
) -> dict[str, Any]:
    """Returns the fields `commits`, and `commit_start` and `commit_end` if there is one repository.

    The start is that of the first BEFORE. The end is where the next window began, so that no work
    counts twice; else HEAD. Finalizing again (`before` is the previous row) changes neither, unless
    it is `given`; `full` is `given` as full hashes.
    """
    booked = recorded(ctx, window)
    previous = (before.commits if before else None) or {}
    following = boundaries.following(ctx.config, window)
    later = recorded(ctx, following) if following else {}
    commits = {}
    for name in sorted({*booked, *previous, *heads.commits}):
        start = previous.get(name, _NONE).start or booked.get(name, _NONE).start
        next_start = later.get(name, _NONE).start
        end = previous.get(name, _NONE).end or next_start or heads.commits.get(name)
        commits[name] = Commits(start, end or booked.get(name, _NONE).end)
    only_name = next(iter(commits)) if len(commits) == 1 else None
    current = heads.current[0] if heads.current else only_name
    if current is not None and given != _NONE:
        known = commits.get(current, _NONE)
        commits[current] = Commits(full.start or known.start, full.end or known.end)
    last = Commits(before.commit_start, before.commit_end) if before else _NONE
    only = next(iter(commits.values())) if len(commits) == 1 else _NONE
    return {
        "commits": commits or None,
        "commit_start": _first(given.start, last.start, only.start),
        "commit_end": _first(given.end, last.end, only.end),
    }


def _first(*revisions: str | None) -> str | None:
    return next((revision for revision in revisions if revision is not None), None)
