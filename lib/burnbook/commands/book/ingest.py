"""Books the new lines of a feed: requests of a proxy, or of agents' own logs."""

import gc
import os
import stat
from typing import Any

import msgspec

from burnbook.base import files, ids
from burnbook.base.errors import Missing, UsageError
from burnbook.config.agent_logs import LogFeed
from burnbook.config.feeds import Feed
from burnbook.config.settings import PROJECT
from burnbook.context import Context, Result, result_of_counts
from burnbook.jsonl import follow
from burnbook.telemetry.booking import strict
from burnbook.telemetry.booking.intake import Intake
from burnbook.telemetry.booking.stretch import Rest, Stretch, book, book_last_line
from burnbook.telemetry.feeds import decoder as feeds
from burnbook.telemetry.feeds.batch_reader import BatchReader
from burnbook.telemetry.queries import membership
from burnbook.view import progress
from burnbook.windows import missed_resets

_NAME_IT = "pipe them into ingest, or name a file with --file"


def run(ctx: Context, args: Any) -> Result:
    """Returns the counts of accepted, duplicate, rejected and ignored lines."""
    # Both take milliseconds, which the other feeds do not need.
    if args.feed is None:
        from burnbook.agent_logs.ingest import every_agent

        every_agent.check(args)
        missed_resets.record(ctx)
        return every_agent.run(ctx, strict=args.strict)
    if args.all:
        raise UsageError(f"--all reads every agent's logs; leave out --all, or {args.feed}")
    feed = ctx.config.feed(args.feed)
    missed_resets.record(ctx)
    window = ids.check("window", args.window) if args.window is not None else None
    if window is not None and window not in ctx.config.windows.windows:
        ctx.notes.append(f"window {window} is not declared in windows.toml; booked all the same")
    if isinstance(feed, LogFeed):
        from burnbook.agent_logs.ingest import feed as agent_logs

        given = agent_logs.Input(args.file, args.stdin, args.strict, window)
        return agent_logs.run(ctx, args.feed, feed, given)
    job = _Job(ctx, args, feed, window)
    gc.disable()  # nothing here makes cycles, and a collection looks at every row that is held
    try:
        job.read()
    finally:
        job.finish()
    return job.result()


class _Job:
    """One call of ingest."""

    def __init__(self, ctx: Context, args: Any, feed: Feed, window: str | None) -> None:
        self.ctx, self.args, self.feed = ctx, args, feed
        self.decoder = feeds.compile_feed(feed, ctx.config.feed_file(args.feed))
        windows = membership(ctx.store)
        reader = BatchReader(args.feed, self.decoder, feed.identity, ctx.agent, windows, window)
        self.intake = Intake(ctx.store, reader, reassigns=window is not None)
        self.source = ""

    def read(self) -> None:
        """Books a file, stdin, or the new lines of the feed's own file."""
        args = self.args
        if args.file is not None:
            self.source = args.file
            with files.open_input(args.file, "no lines") as file:
                self._take(file.fileno(), 0)
        elif not self._stdin():
            if self.feed.file is None:
                raise Missing(
                    f"no lines: stdin has none, and {args.feed} declares no file; {_NAME_IT}"
                )
            self._own_file(os.path.join(PROJECT, self.feed.file))

    def _stdin(self) -> bool:
        """Books stdin if it is a file or a pipe, or with --stdin. Returns False if it is empty."""
        if not (self.args.stdin or files.stdin_has_input()):
            return False
        self.source = "stdin"
        offset = os.lseek(0, 0, os.SEEK_CUR) if stat.S_ISREG(os.fstat(0).st_mode) else 0
        rest = self._take(0, offset)
        return self.args.stdin or rest.offset > offset or bool(rest.partial)

    def _own_file(self, path: str) -> None:
        self.source = path
        trail = follow.Trail(self.ctx.book.root, self.args.feed, path)
        if not trail.parts:
            reason = f"stdin has none, and the feed's file {path} is not there"
            raise Missing(f"no lines: {reason}; {_NAME_IT}")
        for part in trail.parts if self.args.strict else ():
            with files.open_input(part.path, "no lines") as file:
                stretch = Stretch(file.fileno(), part.offset, None, part.number)
                strict.check(self.decoder, stretch, path, whole=part.path != path)
        for part in trail.parts:
            with files.open_input(part.path, "no lines") as file:
                stretch = Stretch(file.fileno(), part.offset, None, part.number)
                rest = self._book(stretch, whole=part.path != path)
            trail.done(part, rest.offset, rest.number - 1)

    def _take(self, handle: int, offset: int) -> Rest:
        """Books a whole input; with `--strict`, decodes all of it first."""
        if self.args.strict:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                handle, offset = files.seekable_copy(handle), 0
            stretch = Stretch(handle, offset, None, 1)
            strict.check(self.decoder, stretch, self.source, whole=True)
        return self._book(Stretch(handle, offset, None, 1), whole=True)

    def _book(self, stretch: Stretch, *, whole: bool) -> Rest:
        """Books a stretch; if `whole`, with an unterminated last line."""
        shown = progress.shown(stretch.handle, stretch.offset)
        try:
            rest = book(stretch, self.intake, shown)
        finally:
            shown.clear()
        if whole:
            book_last_line(rest, self.intake)
        return rest

    def finish(self) -> None:
        """Brings the store up to date, even if a later part of the input failed."""
        self.decoder.close()
        self.intake.finish()

    def result(self) -> Result:
        """Returns the counts of all parts."""
        name = self.args.feed
        data = {"feed": name, "source": self.source}
        counts = msgspec.structs.asdict(self.intake.counts)
        if self.intake.skipped:
            from burnbook.agent_logs.ingest import skipped

            config, has_requests = self.ctx.config, bool(counts["accepted"] or counts["duplicates"])
            sentences = skipped.notes(config, name, self.intake.skipped, has_requests=has_requests)
            self.ctx.notes.extend(sentences)
        return result_of_counts(self.ctx, name, data, counts, name)
