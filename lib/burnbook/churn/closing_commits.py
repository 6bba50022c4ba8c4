"""Which commits a closing records: what is said, what was recorded before, what HEAD is now."""

from typing import Any

from burnbook.churn.repositories import Stand, recorded
from burnbook.context import Context
from burnbook.rows.meters import Commits, WindowRow
from burnbook.windows import boundaries

_NOTHING = Commits(None, None)


def resolved(ctx: Context, stand: Stand, said: Commits) -> Commits:
    """What was said, with whole names in place of those that move, such as HEAD and branches.

    Asks git, so it is called outside of every lock. What git does not know stays as it is.
    """
    if said == _NOTHING or stand.about is None:
        return said
    from burnbook.churn.git import Git, NotCounted  # only who says a commit pays for it

    git = Git(*stand.about)

    def whole(commit: str | None) -> str | None:
        try:
            return None if commit is None else git.commit(commit)
        except NotCounted as error:
            ctx.notes.append(f"{error}; booked as it was said")
            return commit

    return Commits(whole(said.start), whole(said.end))


def values(
    ctx: Context,
    window: str,
    stand: Stand,
    before: WindowRow | None,
    said: Commits,
    whole: Commits,
) -> dict[str, Any]:
    """`commits` of a closing, and `commit_start` and `commit_end` where they are of one repository.

    The start is that of the first BEFORE. The end is where the window that follows began, so that
    no work counts twice; else HEAD. Neither moves when the window is finalized again, unless it is
    said. `whole` is what was `said`, resolved.
    """
    booked = recorded(ctx, window)
    earlier = (before.commits if before else None) or {}
    following = boundaries.following(ctx.config, window)
    later = recorded(ctx, following) if following else {}
    found = {}
    for name in sorted({*booked, *earlier, *stand.heads}):
        start = earlier.get(name, _NOTHING).start or booked.get(name, _NOTHING).start
        begun = later.get(name, _NOTHING).start
        end = earlier.get(name, _NOTHING).end or begun or stand.heads.get(name)
        found[name] = Commits(start, end or booked.get(name, _NOTHING).end)
    only = next(iter(found)) if len(found) == 1 else None
    about = stand.about[0] if stand.about else only
    if about is not None and said != _NOTHING:
        one = found.get(about, _NOTHING)
        found[about] = Commits(whole.start or one.start, whole.end or one.end)
    last = Commits(before.commit_start, before.commit_end) if before else _NOTHING
    alone = next(iter(found.values())) if len(found) == 1 else _NOTHING
    return {
        "commits": found or None,
        "commit_start": _first(said.start, last.start, alone.start),
        "commit_end": _first(said.end, last.end, alone.end),
    }


def _first(*said: str | None) -> str | None:
    return next((one for one in said if one is not None), None)
