"""Books the requests in agents' own logs: the files of a feed, or a given file."""

import gc
import os
import stat
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from burnbook.base import files
from burnbook.base.errors import BAD_DATA, Missing
from burnbook.book.codec import REJECTS
from burnbook.config.agent_logs import LogFeed
from burnbook.context import Context, Result
from burnbook.jsonl import sources
from burnbook.times import clock
from burnbook.view.parts import Line

if TYPE_CHECKING:
    from burnbook.agent_logs.booking.jobs import Job, JobResult
    from burnbook.agent_logs.reader import Rejected

# Modules that only reading needs are imported there: most calls read nothing.
KINDS = ("accepted", "duplicates", "rejected", "ignored")
_FORMS = 6  # of unread files, that are named


def run(ctx: Context, args: Any, feed: LogFeed, window: str | None = None) -> Result:
    """The number of new requests in the book, and of other lines by what became of them.

    `window` is the one that the requests are booked in, if it is not that of their time.
    """
    gc.disable()  # no cycles here, and a collection would visit every request
    known = sources.remembered(ctx.book.root, args.feed, feed)
    jobs, source = _jobs(args, feed, known.sources)
    result, meters = None, 0
    if jobs:
        result = _book(ctx, args, feed, jobs, known, window)
        _book_rejected(ctx, args, result.rejected)
        if result.meters:
            from burnbook.windows import vendor_meters_store

            shown = (result.meters, result.plan, window)
            meters = vendor_meters_store.of_logs(ctx, args.feed, *shown)
        if source != "stdin" and args.file is None:
            known.sources |= result.sources
            known.rivals = sorted(result.rivals)
            sources.remember(ctx.book.root, args.feed, feed, known)
    elif window is not None:
        hint = f"to book known requests in {window}, give their log with --file"
        ctx.notes.append(f"no log has anything new; {hint}")
    return _report(ctx, args, feed, source, result, meters)


def _jobs(args: Any, feed: LogFeed, known: dict[str, sources.Source]) -> "tuple[list[Job], str]":
    """The files to read, oldest first, and the name of the source."""
    if args.stdin or args.file is not None:
        from burnbook.agent_logs.booking.jobs import Job

    if args.stdin:
        return [Job(_stdin(), None, 0)], "stdin"
    if args.file is not None:
        return [Job(_given(args.file), None, 0)], args.file
    folders = sources.roots(feed)
    source = ", ".join(folders)
    if not any(map(sources.is_folder, folders)):
        raise Missing(f"no logs: none of the directories of {args.feed} exists: {source}")
    changed, now = [], clock.wall_clock().timestamp()
    for number, log in enumerate(sources.logs(feed)):
        before, is_finished = known.get(log.path), log.is_finished(now)
        if (
            before is None
            or (before.size, before.mtime_ns) != (log.size, log.mtime_ns)
            or (is_finished and not before.is_finished)
        ):
            changed.append((log, before, number, is_finished))
    if not changed:
        return [], source
    from burnbook.agent_logs.booking.jobs import Job

    return [Job(*job) for job in changed], source


def _given(path: str) -> sources.Log:
    try:
        status = os.stat(path)
    except OSError:
        raise Missing(f"no lines: file {path!r} does not exist") from None
    if not stat.S_ISREG(status.st_mode):
        raise Missing(f"no lines: {path!r} is not a file")
    return sources.Log(path, status.st_size, status.st_mtime_ns)


def _stdin() -> sources.Log:
    """Stdin in a file without a name, which can be read by its path in /dev/fd."""
    kept = files.seekable_copy(0)
    return sources.Log(f"/dev/fd/{kept}", os.fstat(kept).st_size, 0)


def _book(
    ctx: Context,
    args: Any,
    feed: LogFeed,
    jobs: "Sequence[Job]",
    known: sources.Remembered,
    window: str | None,
) -> "JobResult":
    from burnbook.agent_logs.booking.parallel import Run
    from burnbook.agent_logs.booking.writer import Writer
    from burnbook.agent_logs.reader import LogReader

    shared = bool(feed.identity_fallback)
    writer = Writer(ctx.book.root, args.feed, ctx.agent, window, has_shared_keys=shared)
    run = Run(ctx.store, LogReader(args.feed, feed), writer)
    own = args.file is None and not args.stdin
    return run.run(jobs, known if own else None, strict=args.strict)


def _book_rejected(ctx: Context, args: Any, rejected: "Sequence[Rejected]") -> None:
    if not rejected:
        return
    from burnbook.book import lock
    from burnbook.book.rejects import Rejects, reject_rows

    rejects = Rejects(ctx.book.root, args.feed, ctx.agent)
    numbers = LineNumbers()
    rows = reject_rows(
        [
            (numbers.of(row.path, row.offset), row.reason, row.line or row.path.encode())
            for row in rejected
        ]
    )
    with lock.book_lock(ctx.book.root):
        rejects.book(rows)


class LineNumbers:
    """The numbers of lines, for people; lines are not counted while reading."""

    def __init__(self) -> None:
        self.last: tuple[str, int, int] = ("", 0, 1)

    def of(self, path: str, offset: int) -> int:
        """The number of the line at an offset of a file, from 1; 0 where it is unknown."""
        last_path, start, number = self.last
        if path != last_path or offset < start:
            start, number = 0, 1
        if not offset or path.endswith(".zst"):
            return 1 if not offset else 0
        try:
            with open(path, "rb", buffering=0) as file:
                file.seek(start)
                while start < offset and (block := file.read(min(1 << 20, offset - start))):
                    number += block.count(b"\n")
                    start += len(block)
        except OSError:
            return 0
        self.last = (path, start, number)
        return number


def _has_usage(ctx: Context, feed: str) -> bool:
    from burnbook.usage import queries

    return feed in queries.tools(ctx.store)


def _note_unread(ctx: Context, feed: LogFeed) -> dict[str, int]:
    """Name the files that are there and give nothing: an agent may write in another form now."""
    unread = sources.unread(feed)
    read = len(sources.logs(feed))
    if read:
        ctx.notes.append(f"{read} files of this feed have no request: {', '.join(feed.files)}")
    if unread:
        shown = [f"{form} ({count})" for form, count in [*unread.items()][:_FORMS]]
        more = f" and {len(unread) - _FORMS} more" if len(unread) > _FORMS else ""
        ctx.notes.append(f"seen and not read, because no pattern matches: {', '.join(shown)}{more}")
    return unread


def _report(
    ctx: Context,
    args: Any,
    feed: LogFeed,
    source: str,
    result: "JobResult | None",
    meters: int,
) -> Result:
    from burnbook.agent_logs.requests import Tally

    tally = result.tally if result else Tally()
    counts = {name: getattr(tally, name) for name in KINDS}
    suspicious, upgraded = tally.suspicious, tally.upgraded
    words = [f"accepted {counts['accepted']:,}"]
    words += [f"reassigned {tally.reassigned:,}"] if tally.reassigned else []
    words.append(f"repeats {counts['duplicates'] - suspicious:,}")
    words += [f"suspicious {suspicious:,}"] if suspicious else []
    words += [f"upgraded {upgraded:,}"] if upgraded else []
    words.append(f"rejected {counts['rejected']:,}")
    if counts["ignored"]:
        words.append(f"ignored {counts['ignored']:,} (no requests)")
    unread: dict[str, int] = {}
    if args.file is None and not args.stdin and not _has_usage(ctx, args.feed):
        unread = _note_unread(ctx, feed)
    rejects = os.path.join(ctx.book.root, f"{REJECTS}{args.feed}.jsonl")
    if counts["rejected"]:
        ctx.notes.append(f"rejected lines and the reasons are in {rejects}")
    data = {
        "feed": args.feed,
        "source": source,
        "files": len(result.sources) if result else 0,
        **counts,
        "repeats": counts["duplicates"] - suspicious,
        "suspicious": suspicious,
        "upgraded": upgraded,
        "reassigned": tally.reassigned,
        "unread": [*unread],
        "meters": meters,
        "rejects": rejects if counts["rejected"] else None,
    }
    useless = counts["rejected"] and counts["rejected"] == sum(counts.values())
    line = Line(f"{args.feed}: {', '.join(words)}", strong=True)
    return Result([line], data, BAD_DATA if useless else 0)
