"""Which commits a closing records: what is said, what was recorded before, what HEAD is now."""

from collections.abc import Mapping
from typing import Any

from burnbook.derive import windows
from burnbook.rows import Commits, WindowRow
from burnbook.verbs import Context
from burnbook.verbs._repos import Stand, recorded

_NOTHING = Commits(None, None)


def values(
    ctx: Context,
    window: str,
    stand: Stand,
    before: WindowRow | None,
    said: Mapping[str, Any],
) -> dict[str, Any]:
    """`commits` of a closing, and `commit_start` and `commit_end` where they are of one repository.

    The start is that of the first BEFORE. The end is where the window that follows began, so that
    no work counts twice; else HEAD. Neither moves when the window is finalized again, unless it is
    said.
    """
    booked = recorded(ctx, window)
    earlier = (before.commits if before else None) or {}
    following = windows.following(ctx.config, window)
    later = recorded(ctx, following) if following else {}
    found = {}
    for name in sorted({*booked, *earlier, *stand.heads}):
        start = earlier.get(name, _NOTHING).start or booked.get(name, _NOTHING).start
        begun = later.get(name, _NOTHING).start
        end = earlier.get(name, _NOTHING).end or begun or stand.heads.get(name)
        found[name] = Commits(start, end or booked.get(name, _NOTHING).end)
    told = Commits(said.get("commit_start"), said.get("commit_end"))
    about = next(iter(found)) if len(found) == 1 else stand.here
    if about is not None and told != _NOTHING:
        one = found.get(about, _NOTHING)
        found[about] = Commits(told.start or one.start, told.end or one.end)
    last = Commits(before.commit_start, before.commit_end) if before else _NOTHING
    alone = next(iter(found.values())) if len(found) == 1 else _NOTHING
    return {
        "commits": found or None,
        "commit_start": _first(told.start, last.start, alone.start),
        "commit_end": _first(told.end, last.end, alone.end),
    }


def _first(*said: str | None) -> str | None:
    return next((one for one in said if one is not None), None)
