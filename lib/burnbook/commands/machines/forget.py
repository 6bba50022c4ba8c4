"""Replaces what identifies a project, an account or a session; without --yes, shows where it is."""

import os
from typing import Any

from burnbook.archive.forget import book, outside, planning
from burnbook.archive.forget.book import Done
from burnbook.archive.forget.outside import Occurrence
from burnbook.archive.forget.rows import RowChanges
from burnbook.archive.forget.subject import Pseudonyms, Subject
from burnbook.base.errors import NO, Missing, UsageError
from burnbook.base.text import plural
from burnbook.context import Context, Result
from burnbook.times import clock
from burnbook.view.parts import Line, Part, Table

_LEAST_WORD, _LEAST_SESSION = 3, 6
_SHOWN = 8


def run(ctx: Context, args: Any) -> Result:
    """Forgets, or shows what it would change. Exits with 1 if rows of a newer version have it."""
    root = ctx.book.root
    words = _words(args)
    if not os.path.isdir(root):
        raise Missing(f"there is no book at {root}; `ingest` or `start PROVIDER` creates it")
    subject = _subject(ctx, args, words)
    is_dry = not args.yes
    names = Pseudonyms(root, is_dry=is_dry)
    changes = RowChanges(subject, names, ctx.config.accounts, clock.wall_clock())
    done = book.look(ctx, changes) if is_dry else book.forget(ctx, changes)
    occurrences = outside.search(ctx, changes)
    lines = _lines(subject, done, names, is_dry=is_dry)
    lines += _outside(occurrences) if occurrences or not done.is_empty else []
    data = {
        "subject": subject.kind,
        "name": subject.name or None,
        "words": list(words),
        "dry_run": is_dry,
        "rows": dict(done.rows),
        "copies": dict(done.copies),
        "changed": done.changed,
        "removed": done.removed,
        "newer": dict(done.newer),
        "outside": [each._asdict() for each in occurrences],
    }
    return Result(lines, data, NO if done.newer else 0)


def _words(args: Any) -> tuple[str, ...]:
    """The words of --text. Raises UsageError unless something can be forgotten."""
    if not (args.project or args.account or args.session or args.text):
        raise UsageError("nothing is named; give --project, --account, --session or --text")
    for word in args.text:
        if len(word.strip()) < _LEAST_WORD or not word.isprintable():
            raise UsageError(f"--text {word!r} is too short; give {_LEAST_WORD} characters or more")
    if args.session and len(args.session) < _LEAST_SESSION:
        raise UsageError(f"--session {args.session!r} is too short to be the id of a session")
    if args.project and not args.project.strip("/~."):
        raise UsageError(f"--project {args.project!r} is not the directory of one project")
    return tuple(word.strip() for word in args.text)


def _subject(ctx: Context, args: Any, words: tuple[str, ...]) -> Subject:
    if args.project:
        return planning.of_project(ctx, args.project, words)
    if args.account:
        return planning.of_account(ctx, args.account, words)
    return planning.of_session(args.session, words) if args.session else planning.of_words(words)


def _lines(subject: Subject, done: Done, names: Pseudonyms, *, is_dry: bool) -> list[Part]:
    if done.is_empty and not done.newer:
        return [Line(f"nothing in the book has {subject.shown}", strong=True, level="good")]
    rows = plural(sum(done.rows.values()), "row")
    files = plural(len(done.changed) + len(done.removed) + len(done.copies), "file")
    verb = "would replace" if is_dry else "replaced"
    first = f"{verb} {subject.shown} in {rows} and {files}"
    if is_dry:
        lines: list[Part] = [Line(f"{first}; --yes does it", strong=True, level="warn")]
    else:
        lines = [Line(f"{first}{_as(subject, names)}", strong=True, level="good")]
    table = [(f"{name}.jsonl", plural(n, "row")) for name, n in done.rows.items()]
    table += [(name, plural(n, "line")) for name, n in done.copies.items()]
    for names_of, what in ((done.changed, "changed"), (done.removed, "removed")):
        table += [(name, what) for name in names_of[:_SHOWN]]
        more = len(names_of) - _SHOWN
        table += [(f"{more:,} more", what)] if more > 0 else []
    lines.append(Table(("in the book", ""), table, "<<"))
    for name, count in done.newer.items():
        rows = plural(count, "row")
        lines.append(Line(f"{name}.jsonl: {rows} of a newer version still have it", level="bad"))
    return lines


def _as(subject: Subject, names: Pseudonyms) -> str:
    """The pseudonym of the subject itself, if it has one."""
    if subject.kind == "session":
        return f", now {names.session(subject.name)}"
    return f", now {names.short(subject.name)}" if subject.name else ""


def _outside(occurrences: list[Occurrence]) -> list[Part]:
    lines: list[Part] = [Line("not changed, and may still have it:")]
    for each in occurrences[:_SHOWN]:
        count = plural(each.lines, "line") if each.lines else "its history"
        lines.append(Line(f"  {each.path} ({count})"))
    more = len(occurrences) - _SHOWN
    lines += [Line(f"  {more:,} more files")] if more > 0 else []
    return [*lines, *(Line(f"  {kind}") for kind in outside.KINDS)]
