"""Counts what a window changed in its repositories, and builds the churn row.

`count` runs git, so never call it under a lock. `row` runs under the book's lock.
"""

import os
from collections.abc import Sequence
from typing import NamedTuple

from burnbook.base import ids
from burnbook.base.errors import IO, UsageError
from burnbook.book import codec
from burnbook.churn import commit_range, numstat, settings
from burnbook.churn.git import Git, NotCounted
from burnbook.context import Context
from burnbook.rows.meters import Commits, WindowRow
from burnbook.rows.work import Churn, Range
from burnbook.windows.history import closing


class Counted(NamedTuple):
    """The result of git, before anything is booked.

    If nothing was counted, `decision` is the reason as a word and `reason` as a sentence.
    `unknown` names declared repositories without a commit range in this window.
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
    """Counts every repository of the window. Runs git, so never call it under a lock.

    Without `strict`, a window that has no last commit yet is counted up to HEAD, and if nothing
    can be counted, `decision` is set; else NotCounted is raised. Raises UsageError and BadConfig
    either way.
    """
    if provider is not None:
        ids.check("provider", provider)
    limits = tuple(_path(path) for path in paths)
    finalized = closing(ctx, window)
    ranges: tuple[Range, ...] = ()
    unknown: tuple[str, ...] = ()
    decision = reason = None
    try:
        given = Commits(commit_start, commit_end)
        spans, unknown = commit_range.find(ctx, window, finalized, given, to_head=not strict)
        rules = settings.read(ctx.config)
        ranges = tuple(_measure(git, span, limits, rules) for git, span in spans)
    except NotCounted as error:
        if strict:
            raise
        decision, reason = error.decision, str(error)
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
    """Returns the row to book, or None if nothing was counted. Call it under the book's lock.

    The row supersedes the current one of this window and provider. If both have the same content,
    the current row is returned. Notes stay unless new ones are given.
    """
    if counted.decision is not None:
        return None
    before = current(ctx, window, counted.provider)
    new = codec.make(
        Churn,
        agent=ctx.agent,
        window=window,
        notes=before.notes if before and counted.notes is None else counted.notes,
        provider=counted.provider,
        methodology=counted.methodology,
        ranges=counted.ranges,
        paths=counted.paths,
        files_changed=sum(part.files_changed for part in counted.ranges),
        insertions=(plus := sum(part.insertions for part in counted.ranges)),
        deletions=(minus := sum(part.deletions for part in counted.ranges)),
        net=plus - minus,
        features=counted.features,
        normalized_churn=numstat.per_feature(plus, minus, counted.features),
        supersedes=before.id if before else None,
    )
    return before if before is not None and new.content == before.content else new


def current(ctx: Context, window: str, provider: str | None) -> Churn | None:
    """Returns the churn row that counts for a window and provider: the last one."""
    rows = ctx.book.rows("churn")
    return next((r for r in reversed(rows) if (r.window, r.provider) == (window, provider)), None)


def _features(closing: WindowRow | None, provider: str | None) -> float | None:
    features = closing.features if closing else {}
    if provider:
        return features.get(provider)
    return sum(features.values()) if features else None


def _path(path: str) -> str:
    """Checks a path relative to the repository's top. Raises UsageError if it leads outside."""
    try:
        path.encode()
    except UnicodeEncodeError:
        raise UsageError(
            f"path {path!r} is not UTF-8; use `*` for the bytes that are not"
        ) from None
    inside = os.path.normpath(path)
    if not path or os.path.isabs(path) or inside.split(os.sep)[0] == os.pardir:
        raise UsageError(
            f"path {path!r} is not in the repository; valid: lib, docs/*.md (from its top)"
        )
    return path


def _measure(
    git: Git, span: commit_range.Span, paths: Sequence[str], rules: settings.Rules
) -> Range:
    start, end = git.commit(span.start), git.commit(span.end)
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
