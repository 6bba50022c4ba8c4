"""Books what agents' own logs tell: the files of a feed, or one that is given."""

import gc
import os
import stat
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from burnbook.base.errors import BAD_DATA, Missing, UsageError
from burnbook.book.codec import REJECTS
from burnbook.config.agent_logs import LogFeed
from burnbook.context import Context, Result
from burnbook.jsonl import sources
from burnbook.view.parts import Line
from burnbook.windows.snapshot_index import snapshot_index

if TYPE_CHECKING:
    from burnbook.agent_logs.parallel import Told

# What only reading needs is imported there: most calls find nothing new.
KINDS = ("accepted", "duplicates", "rejected", "ignored")


class Job(NamedTuple):
    """A file to read, what is known of it, and its number among all."""

    log: sources.Log
    source: sources.Source | None
    rank: int


def run(ctx: Context, args: Any, feed: LogFeed) -> Result:
    """Says how many requests are new in the book, and what became of the other lines."""
    if args.window is not None:
        raise UsageError(
            f"--window {args.window}: a request of {args.feed} belongs to the window of its time"
        )
    gc.disable()  # nothing here makes cycles, and a collection looks at every row that is held
    known = sources.remembered(ctx.book.root, args.feed, feed)
    jobs, source = _jobs(args, feed, known)
    told, meters = None, 0
    if jobs:
        told = _work(ctx, args, feed, jobs)
        _keep(ctx, args, told)
        if told.meters:
            from burnbook.windows import vendor_meters_store

            meters = vendor_meters_store.of_logs(ctx, args.feed, told.meters, told.plan)
        if source != "stdin" and args.file is None:
            sources.remember(ctx.book.root, args.feed, feed, known | told.sources)
    return _result(ctx, args, source, told, meters)


def _jobs(args: Any, feed: LogFeed, known: dict[str, sources.Source]) -> tuple[list[Job], str]:
    """What there is to read, oldest first, and what it is called."""
    if args.stdin:
        return [Job(_stdin(), None, 0)], "stdin"
    if args.file is not None:
        return [Job(_given(args.file), None, 0)], args.file
    folders = sources.roots(feed)
    source = ", ".join(folders)
    if not any(map(sources.is_folder, folders)):
        raise Missing(f"no logs: none of the folders of {args.feed} is there: {source}")
    jobs = []
    for rank, log in enumerate(sources.logs(feed)):
        before = known.get(log.path)
        if before is None or (before.size, before.mtime_ns) != (log.size, log.mtime_ns):
            jobs.append(Job(log, before, rank))
    return jobs, source


def _given(path: str) -> sources.Log:
    try:
        status = os.stat(path)
    except OSError:
        raise Missing(f"no lines: there is no file {path!r}") from None
    if not stat.S_ISREG(status.st_mode):
        raise Missing(f"no lines: {path!r} is no file")
    return sources.Log(path, status.st_size, status.st_mtime_ns)


def _stdin() -> sources.Log:
    """Stdin in a file without a name, which may be read by its place in /dev/fd."""
    from tempfile import TemporaryFile  # 3 ms that only this pays for

    with TemporaryFile() as file:
        while block := os.read(0, 1 << 20):
            file.write(block)
        file.flush()
        kept = os.dup(file.fileno())
    return sources.Log(f"/dev/fd/{kept}", os.fstat(kept).st_size, 0)


def _work(ctx: Context, args: Any, feed: LogFeed, jobs: Sequence[Job]) -> "Told":
    from burnbook.agent_logs.parallel import work
    from burnbook.agent_logs.reader import Reading
    from burnbook.agent_logs.writer import Booking
    from burnbook.windows import boundaries

    fold = ctx.book.used_fold  # up to date before, so that what is added is what is new
    window_of = boundaries.by_time(ctx.config, snapshot_index(ctx))
    booking = Booking(ctx.book.root, args.feed, ctx.agent, window_of)
    told = work(jobs, Reading(args.feed, feed), booking, strict=args.strict)
    if told.written:
        fold.value.take(told.used)
        fold.skip(told.written)
        fold.save(at_once=True)
    return told


def _keep(ctx: Context, args: Any, told: "Told") -> None:
    """Book the refused lines."""
    if not told.rejected:
        return
    from burnbook.book import lock
    from burnbook.book.rejects import Rejects

    rejects = Rejects(ctx.book.root, args.feed, ctx.agent)
    lines = Lines()
    made = rejects.prepare(
        [
            (lines.number(path, offset), reason, line or path.encode())
            for path, offset, reason, line in told.rejected
        ]
    )
    with lock.book_lock(ctx.book.root):
        rejects.book(made)


class Lines:
    """Numbers of lines, for people who look for them; they are not counted while reading."""

    def __init__(self) -> None:
        self.last: tuple[str, int, int] = ("", 0, 1)

    def number(self, path: str, offset: int) -> int:
        """The number of the line at an offset of a file, from 1; 0 where it cannot be told."""
        before, place, number = self.last
        if path != before or offset < place:
            place, number = 0, 1
        if not offset or path.endswith(".zst"):
            return 1 if not offset else 0
        try:
            with open(path, "rb", buffering=0) as file:
                file.seek(place)
                while place < offset and (block := file.read(min(1 << 20, offset - place))):
                    number += block.count(b"\n")
                    place += len(block)
        except OSError:
            return 0
        self.last = (path, place, number)
        return number


def _result(ctx: Context, args: Any, source: str, told: "Told | None", meters: int) -> Result:
    counts = {name: getattr(told.tally, name) if told else 0 for name in KINDS}
    said = [f"{name} {counts[name]:,}" for name in KINDS[:3]]
    if counts["ignored"]:
        said.append(f"ignored {counts['ignored']:,} (no requests)")
    rejects = os.path.join(ctx.book.root, f"{REJECTS}{args.feed}.jsonl")
    if counts["rejected"]:
        ctx.notes.append(f"rejected lines and the reasons are in {rejects}")
    data = {
        "feed": args.feed,
        "source": source,
        "files": len(told.sources) if told else 0,
        **counts,
        "meters": meters,
        "rejects": rejects if counts["rejected"] else None,
    }
    useless = counts["rejected"] and counts["rejected"] == sum(counts.values())
    line = Line(f"{args.feed}: {', '.join(said)}", strong=True)
    return Result([line], data, BAD_DATA if useless else 0)
