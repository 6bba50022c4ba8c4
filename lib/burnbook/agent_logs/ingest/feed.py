"""Books the requests in agents' own logs: the files of a feed, or a given file."""

import gc
import os
import stat
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from burnbook.agent_logs.ingest import unread
from burnbook.agent_logs.ingest.unread import Unread
from burnbook.base import files
from burnbook.base.errors import BAD_DATA, Missing
from burnbook.book.codec import REJECTS
from burnbook.config.agent_logs import LogFeed
from burnbook.context import Context, Result
from burnbook.jsonl import sources
from burnbook.jsonl.folders import search
from burnbook.jsonl.folders.faults import fault_of
from burnbook.jsonl.known import state
from burnbook.jsonl.known.look import Look
from burnbook.jsonl.known.state import Remembered
from burnbook.times import clock
from burnbook.view.levels import Level
from burnbook.view.parts import Line
from burnbook.view.progress import Progress

if TYPE_CHECKING:
    from burnbook.agent_logs.booking.jobs import Job, JobResult

# Modules that only reading needs are imported there: most calls read nothing.
KINDS = ("accepted", "duplicates", "rejected", "ignored")


class Input(NamedTuple):
    """What to read: the agent's own folders, or a file or stdin instead.

    `strict`: book nothing if a line is bad. `window` is the one that the requests are booked in, if
    it is not that of their time.
    """

    file: str | None = None
    stdin: bool = False
    strict: bool = False
    window: str | None = None

    @property
    def is_own(self) -> bool:
        """Whether these are the agent's own folders."""
        return self.file is None and not self.stdin


def run(
    ctx: Context, name: str, feed: LogFeed, given: Input, progress: Progress | None = None
) -> Result:
    """The number of new requests in the book, and of other lines by what became of them."""
    gc.disable()  # no cycles here, and a collection would visit every request
    with state.opened(ctx.book.root, name, feed) as known:
        return _run(ctx, name, feed, given, known, progress or Progress())


def _run(
    ctx: Context,
    name: str,
    feed: LogFeed,
    given: Input,
    known: Remembered,
    progress: Progress,
) -> Result:
    jobs, source, look = _jobs(name, feed, given, known)
    result, meters = None, 0
    if jobs:
        result = _book(ctx, name, feed, given, jobs, known, progress)
        if result.rejected:
            from burnbook.agent_logs.ingest import rejected

            rejected.book(ctx, name, result.rejected)
            if not given.is_own:
                ctx.notes.extend(rejected.unread_files(name, result.rejected))
        if result.meters:
            from burnbook.agent_logs import origin
            from burnbook.windows import vendor_meters_store

            for home, of_home in result.meters.items():
                folder = origin.home(home) if home else None
                shown = (of_home.windows, of_home.plan, of_home.credits, given.window)
                meters += vendor_meters_store.of_logs(ctx, name, folder, *shown)
        if result.skipped:
            from burnbook.agent_logs.ingest import skipped

            tally = result.tally
            has_requests = bool(tally.accepted or tally.duplicates or tally.refused)
            sentences = skipped.notes(ctx.config, name, result.skipped, has_requests=has_requests)
            ctx.notes.extend(sentences)
    elif given.window is not None:
        hint = f"to book known requests in {given.window}, give their log with --file"
        ctx.notes.append(f"no log has anything new; {hint}")
    if look is None:
        states = result.states if result else {}
        read = {path: sources.decoded(state) for path, state in states.items()}
        not_read = unread.of_given(name, feed, read)
        return _report(ctx, name, source, result, meters, not_read)
    if result:
        known.rivals = sorted(result.rivals)
    if look.settle() or result:
        state.save(ctx.book.root, name, feed, known)
    has_usage = not look.count and _has_usage(ctx, name)
    not_read = unread.unread(name, feed, look, has_usage=has_usage)
    return _report(ctx, name, source, result, meters, not_read)


def _jobs(
    name: str, feed: LogFeed, given: Input, known: Remembered
) -> "tuple[list[Job], str, Look | None]":
    """The files to read, oldest first, the name of the source, and the feed's own files."""
    if not given.is_own:
        from burnbook.agent_logs.booking.jobs import Job

    if given.stdin:
        return [Job(_stdin(), None, 0)], "stdin", None
    if given.file is not None:
        return [Job(_given(given.file), None, 0)], given.file, None
    roots = sources.roots(feed)
    source = ", ".join(roots)
    if all(not search.is_folder(root) or fault_of(root) for root in sources.declared_roots(feed)):
        _check_folders(name, feed, source)
    look = unread.look(feed, known)
    changed = look.changed(clock.wall_clock().timestamp())
    if not changed:
        return [], source, look
    from burnbook.agent_logs.booking.jobs import Job

    jobs = [Job(log, before, n, is_whole) for n, (log, before, is_whole) in enumerate(changed)]
    return jobs, source, look


def _check_folders(name: str, feed: LogFeed, source: str) -> None:
    """Raises Missing if an agent has no folder, or none that can be searched."""
    if wrong := unread.root_faults(feed):
        sentence = "; ".join(fault.text for fault in wrong)
        raise Missing(f"no logs: {sentence}; {wrong[0].action}")
    if not unread.is_emptied(feed):
        other = f"set {feed.environment} to another folder, or " if feed.environment else ""
        what = feed.advice or f"{other}name a file, as in: ingest {name} --file LOG"
        raise Missing(f"no logs: none of the directories of {name} exists: {source}; {what}")


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
    return sources.Log(f"{sources.NAMELESS}{kept}", os.fstat(kept).st_size, 0)


def _book(
    ctx: Context,
    name: str,
    feed: LogFeed,
    given: Input,
    jobs: "Sequence[Job]",
    known: Remembered,
    progress: Progress,
) -> "JobResult":
    from burnbook.agent_logs.booking.parallel import Run
    from burnbook.agent_logs.booking.writer import Writer
    from burnbook.agent_logs.reader import LogReader

    shared = bool(feed.identity_fallback)
    writer = Writer(ctx.book.root, name, ctx.agent, given.window, has_shared_keys=shared)
    progress.begin(name, sum(job.size for job in jobs))
    try:
        run = Run(ctx.store, LogReader(name, feed), writer, progress)
        return run.run(jobs, known if given.is_own else None, strict=given.strict)
    finally:
        progress.clear()


def _has_usage(ctx: Context, feed: str) -> bool:
    from burnbook.usage import queries

    return feed in queries.tools(ctx.store)


def _report(
    ctx: Context,
    name: str,
    source: str,
    result: "JobResult | None",
    meters: int,
    not_read: Unread,
) -> Result:
    from burnbook.agent_logs.requests import Tally

    tally, states = (result.tally, result.states) if result else (Tally(), {})
    counts = {kind: getattr(tally, kind) for kind in KINDS}
    suspicious, upgraded = tally.suspicious, tally.upgraded
    words = [f"accepted {counts['accepted']:,}"]
    words += [f"reassigned {tally.reassigned:,}"] if tally.reassigned else []
    words.append(f"repeats {counts['duplicates'] - suspicious:,}")
    words += [f"suspicious {suspicious:,}"] if suspicious else []
    words += [f"upgraded {upgraded:,}"] if upgraded else []
    words.append(f"rejected {counts['rejected']:,}")
    if counts["ignored"]:
        words.append(f"ignored {counts['ignored']:,} (no requests)")
    rejects = os.path.join(ctx.book.root, f"{REJECTS}{name}.jsonl")
    if not_read.problems:
        ctx.notes.append(f"{name}: {not_read.sentence}")
    if tally.refused:
        ctx.notes.append(
            f"{name}: {tally.refused:,} not booked (requests, or sums of counters): "
            "the book has the use of their sessions from another source"
        )
    if counts["rejected"]:
        ctx.notes.append(f"rejected lines and the reasons are in {rejects}")
    data = {
        "feed": name,
        "source": source,
        "files": sum(sources.decoded(state).size != sources.NOT_READ for state in states.values()),
        **counts,
        "repeats": counts["duplicates"] - suspicious,
        "suspicious": suspicious,
        "upgraded": upgraded,
        "reassigned": tally.reassigned,
        "unread_lines": not_read.lines,
        "unread": [*not_read.forms],
        "problems": [problem._asdict() for problem in not_read.problems],
        "refused": tally.refused,
        "meters": meters,
        "rejects": rejects if counts["rejected"] else None,
    }
    useless = counts["rejected"] and counts["rejected"] == sum(counts.values())
    level: Level = "warn" if counts["rejected"] else ""
    line = Line(f"{name}: {', '.join(words)}", strong=True, level=level)
    return Result([line], data, BAD_DATA if useless else 0)
