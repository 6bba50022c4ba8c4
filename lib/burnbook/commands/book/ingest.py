"""Books the usage events of a feed."""

import gc
import os
import stat
from collections.abc import Iterator
from itertools import chain
from typing import Any

from burnbook.base import ids
from burnbook.base.errors import BAD_DATA, BadData, Missing, os_sentence
from burnbook.book.codec import REJECTS
from burnbook.config.feeds import Feed
from burnbook.config.settings import PROJECT
from burnbook.context import Context, Result
from burnbook.jsonl import follow
from burnbook.jsonl.chunks import Chunk, Reader
from burnbook.telemetry.feeds import decoder as feeds
from burnbook.telemetry.feeds.batch import BatchReader
from burnbook.telemetry.intake import Intake
from burnbook.telemetry.stretch import Rest, Stretch, book, book_last_line
from burnbook.view import progress
from burnbook.view.parts import Line
from burnbook.windows import boundaries
from burnbook.windows.snapshot_index import snapshot_index


def run(ctx: Context, args: Any) -> Result:
    """Says how many lines were accepted, were there already, were rejected or are no requests."""
    feed = ctx.config.feed(args.feed)
    assert feed.journal == "proxy_telemetry"  # `_ingest` sees to the others
    window = ids.check("window", args.window) if args.window is not None else None
    if window is not None and window not in ctx.config.windows.windows:
        ctx.notes.append(f"window {window} is not declared in windows.toml; booked all the same")
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
        window_of = window or boundaries.by_time(ctx.config, snapshot_index(ctx))
        reader = BatchReader(args.feed, self.decoder, feed.identity, ctx.agent, window_of)
        self.intake = Intake(ctx.store, reader)
        self.source = ""

    def read(self) -> None:
        """Book what the call names: a file, stdin, or what is new in the feed's own file."""
        args = self.args
        if args.file is not None:
            self.source = args.file
            with _opened(args.file) as file:
                self._take(file.fileno(), 0)
        elif not self._stdin():
            if self.feed.file is None:
                raise Missing(f"no lines: stdin has none, and {args.feed} declares no file")
            self._own_file(os.path.join(PROJECT, self.feed.file))

    def _stdin(self) -> bool:
        """Book stdin, where there is something to read from it or `--stdin` says so."""
        try:
            mode = os.fstat(0).st_mode
        except OSError:  # it is closed
            return False
        if not (self.args.stdin or stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
            return False
        self.source = "stdin"
        offset = os.lseek(0, 0, os.SEEK_CUR) if stat.S_ISREG(mode) else 0
        rest = self._take(0, offset)
        return self.args.stdin or rest.offset > offset or bool(rest.partial)

    def _own_file(self, path: str) -> None:
        root, name = self.ctx.book.root, self.args.feed
        self.source = path
        trail = follow.Trail(root, name, path)
        parts = trail.parts
        if not parts:
            raise Missing(f"no lines: stdin has none, and the feed's file {path} is not there")
        for part in parts if self.args.strict else ():
            with _opened(part.path) as file:
                self._check(
                    Stretch(file.fileno(), part.offset, None, part.number), part.path != path
                )
        for part in parts:
            with _opened(part.path) as file:
                stretch = Stretch(file.fileno(), part.offset, None, part.number)
                rest = self._book(stretch, whole=part.path != path)
            trail.done(part, rest.offset, rest.number - 1)

    def _take(self, handle: int, offset: int) -> Rest:
        """Book an input that is read whole; with `--strict` after everything in it was decoded."""
        if self.args.strict:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                handle, offset = _kept(handle), 0
            self._check(Stretch(handle, offset, None, 1), whole=True)
        return self._book(Stretch(handle, offset, None, 1), whole=True)

    def _book(self, stretch: Stretch, *, whole: bool) -> Rest:
        """Book a stretch; `whole`: an unterminated last line is a line too."""
        rest = book(stretch, self.intake, progress.shown(stretch.handle, stretch.offset))
        if whole:
            book_last_line(rest, self.intake)
        return rest

    def _check(self, stretch: Stretch, whole: bool) -> None:
        """Decode a stretch before anything is booked; raises BadData where a line is bad."""
        first, count = "", 0
        reader = Reader(*stretch)
        for chunk in chain(reader.chunks(), _last(reader) if whole else ()):
            rejected = self.decoder.batch(chunk.lines).rejected
            if rejected and not count:
                at, why = rejected[0]
                first = f"line {chunk.number + at} of {self.source}: {why}"
            count += len(rejected)
        if count:
            more = f", and {count - 1} more" if count > 1 else ""
            raise BadData(f"{first}{more}; nothing booked (--strict)")

    def finish(self) -> None:
        """Bring the store up to date, also if a later part of the input failed."""
        self.decoder.close()
        self.intake.finish()

    def result(self) -> Result:
        """The counts; exit 65 where lines came and not one was of use."""
        counts = self.intake.counts
        words = [f"accepted {counts.accepted:,}", f"duplicates {counts.duplicates:,}"]
        words.append(f"rejected {counts.rejected:,}")
        if counts.ignored:
            words.append(f"ignored {counts.ignored:,} (no requests)")
        rejects = os.path.join(self.ctx.book.root, f"{REJECTS}{self.args.feed}.jsonl")
        useless = counts.rejected and not (counts.accepted + counts.duplicates + counts.ignored)
        if counts.rejected:
            self.ctx.notes.append(f"rejected lines and the reasons are in {rejects}")
        data = {
            "feed": self.args.feed,
            "source": self.source,
            "accepted": counts.accepted,
            "duplicates": counts.duplicates,
            "rejected": counts.rejected,
            "ignored": counts.ignored,
            "rejects": rejects if counts.rejected else None,
        }
        line = Line(f"{self.args.feed}: {', '.join(words)}", strong=True)
        return Result([line], data, BAD_DATA if useless else 0)


def _last(reader: Reader) -> Iterator[Chunk]:
    """The unterminated last line, once the reader is at its end."""
    if reader.partial:
        yield Chunk([reader.partial], reader.number, reader.start)


def _kept(handle: int) -> int:
    """A stream's bytes in a file without a name, so that they can be read twice."""
    from tempfile import TemporaryFile  # 3 ms that only this pays for

    with TemporaryFile() as file:
        while block := os.read(handle, 1 << 20):
            file.write(block)
        file.flush()
        return os.dup(file.fileno())


def _opened(path: str) -> Any:
    try:
        return open(path, "rb", buffering=0)
    except FileNotFoundError:
        raise Missing(f"no lines: there is no file {path!r}") from None
    except OSError as error:
        raise Missing(os_sentence("no lines: cannot read the file", error)) from None
