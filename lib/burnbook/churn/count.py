"""Counts what a window changed in its repositories, and makes the row that says so.

`count` asks git and is called outside of every lock; `row` decides under the book's lock.
"""

import os
from collections.abc import Sequence
from typing import NamedTuple

from burnbook.base import ids
from burnbook.base.errors import IO, Usage
from burnbook.book import codec
from burnbook.churn import commit_range, numstat, settings
from burnbook.churn.git import Git, NotCounted
from burnbook.context import Context
from burnbook.rows.meters import Commits, WindowRow
from burnbook.rows.work import Churn, Range
from burnbook.windows.history import closing


class Counted(NamedTuple):
    """What git said, before anything is booked.

    `decision` is None, or in one word why nothing could be counted, with `reason` as a sentence.
    `unknown` are declared repositories that have no commit range of their own in this window.
    """

    ranges: tuple[Range, ...]
    provider: str | None
    methodology: str | None
    paths: tuple[str, ...]
    features: float | None
    notes: str | None
    decision: str | None
    reason: str | None
    unknown: tuple[str, ...] = ()


def count(
    ctx: Context,
    window: str,
    *,
    provider: str | None = None,
    commit_start: str | None = None,
    commit_end: str | None = None,
    paths: Sequence[str] = (),
    notes: str | None = None,
    strict: bool,
) -> Counted:
    """Every repository of the window, counted. Calls git: never under a lock.

    With `strict`, NotCounted where it cannot be counted; else the result says so. Usage and
    BadConfig are raised either way.
    """
    if provider is not None:
        ids.check("provider", provider)
    limits = tuple(_path(path) for path in paths)
    finalized = closing(ctx, window)
    ranges: tuple[Range, ...] = ()
    unknown: tuple[str, ...] = ()
    decision = reason = None
    try:
        found = commit_range.find(ctx, window, finalized, Commits(commit_start, commit_end))
        unknown = found.unknown
        rules = settings.read(ctx.config)
        ranges = tuple(_measured(*one, limits, rules) for one in found.spans)
    except NotCounted as why:
        if strict:
            raise
        decision, reason = why.decision, str(why)
    return Counted(
        ranges=ranges,
        provider=provider,
        methodology=finalized.methodology if finalized else None,
        paths=limits,
        features=_features(finalized, provider),
        notes=notes,
        decision=decision,
        reason=reason,
        unknown=unknown,
    )


def row(ctx: Context, window: str, counted: Counted) -> Churn | None:
    """The row to book, with the book's lock held; None where nothing could be counted.

    It supersedes the row that counts for this window and provider, or is that row where both say
    the same. Notes that are not said again stay.
    """
    if counted.decision is not None:
        return None
    before = standing(ctx, window, counted.provider)
    made = codec.make(
        Churn,
        agent=ctx.agent,
        window=window,
        notes=before.notes if before and counted.notes is None else counted.notes,
        provider=counted.provider,
        methodology=counted.methodology,
        ranges=counted.ranges,
        paths=counted.paths,
        files_changed=sum(one.files_changed for one in counted.ranges),
        insertions=(plus := sum(one.insertions for one in counted.ranges)),
        deletions=(minus := sum(one.deletions for one in counted.ranges)),
        net=plus - minus,
        features=counted.features,
        normalized_churn=numstat.per_feature(plus, minus, counted.features),
        supersedes=before.id if before else None,
    )
    return before if before is not None and _content(made) == _content(before) else made


def standing(ctx: Context, window: str, provider: str | None) -> Churn | None:
    """The churn row that counts for a window and provider: the last one."""
    found = None
    for one in ctx.book.rows("churn"):
        if (one.window, one.provider) == (window, provider):
            found = one
    return found


def _content(one: Churn) -> list[object]:
    return [getattr(one, name) for name in Churn.about if name != "supersedes"]


def _features(closing: WindowRow | None, provider: str | None) -> float | None:
    made = closing.features if closing else {}
    return made.get(provider) if provider else sum(made.values()) if made else None


def _path(path: str) -> str:
    """A path from the repository's top. Raises Usage where it leads out of it."""
    try:
        path.encode()
    except UnicodeEncodeError:
        raise Usage(f"path {path!r} is not UTF-8; `*` stands for what cannot be typed") from None
    inside = os.path.normpath(path)
    if not path or os.path.isabs(path) or inside.split(os.sep)[0] == os.pardir:
        raise Usage(f"path {path!r} is not in the repository; valid: lib, docs/*.md (from its top)")
    return path


def _measured(
    git: Git, said: commit_range.Span, paths: Sequence[str], rules: settings.Rules
) -> Range:
    start, end = git.commit(said.start), git.commit(said.end)
    git.check_range(start, end)
    try:
        changes = numstat.parse(git.changes(start, end, paths))
    except ValueError as error:
        raise NotCounted("git-failed", f"repository {git.name}: {error}", IO) from None
    is_excluded, is_test = numstat.matcher(rules.exclude), numstat.matcher(rules.tests)
    return Range(
        repository=git.name,
        commit_start=start,
        commit_end=end,
        commits=git.commits(start, end, paths),
        **numstat.figures(changes, is_excluded, is_test)._asdict(),
    )
