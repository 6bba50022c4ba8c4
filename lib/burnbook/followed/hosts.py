"""The hosts that wrote the newest rows of this book and of the followed ones."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from burnbook.base.errors import IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.base.text import plural
from burnbook.book import codec, journal
from burnbook.book.joined.root import JoinedRoot
from burnbook.config.folders import books
from burnbook.context import Context, Result
from burnbook.times import clock
from burnbook.view.parts import Line

_TAIL = 1 << 14  # bytes of each journal that are searched: the last 20 to 50 rows
# A quote in free text is escaped, so only the stamps of a row have these bytes.
_STAMPS = re.compile(rb'"recorded_at":"([0-9T:.-]{19,31}Z)","host":"([^"\\]{1,255})"')
_HOUR = 3600.0


class Host(NamedTuple):
    """A host and the newest row that it wrote to a book, among the last rows of each journal.

    A book that is missing or has no rows has one entry, without a host.
    """

    host: str | None
    book: str
    newest_row: datetime | None
    age_seconds: int | None
    is_stale: bool


def hosts(ctx: Context) -> list[Host]:
    """Returns the hosts of this book and of each followed one, by book, the newest first."""
    root = ctx.book.root
    assert isinstance(root, JoinedRoot)
    now, stale = clock.now(), books(ctx.config).stale_hours * _HOUR
    result = []
    for book in (str(root), *root.sources):
        newest = _newest_rows(book)
        for name in sorted(newest, key=lambda name: newest[name], reverse=True):
            age = max(0, round((now - newest[name]).total_seconds()))
            result.append(Host(name, book, newest[name], age, age > stale))
        if not newest and book != root:
            result.append(Host(None, book, None, None, True))
    return result + [Host(None, book, None, None, True) for book in root.missing]


def with_hosts(ctx: Context, result: Result) -> Result:
    """Adds the freshness to a result: a line for people, `hosts` for programs."""
    if not result.parts and not isinstance(result.data, Mapping):
        return result
    listed = hosts(ctx)
    data = result.data
    if isinstance(data, Mapping):
        data = {**data, "hosts": [host._asdict() for host in listed]}
    return replace(result, parts=[*result.parts, line(ctx, listed)], data=data)


def text(ctx: Context) -> str:
    """Returns the line as text; empty if the book follows no other."""
    return line(ctx, hosts(ctx)).text if isinstance(ctx.book.root, JoinedRoot) else ""


def warnings(ctx: Context) -> list[str]:
    """Returns the line as text, if a followed book is missing or stale."""
    if not isinstance(ctx.book.root, JoinedRoot):
        return []
    shown = line(ctx, hosts(ctx))
    return [shown.text] if shown.level == "warn" else []


def line(ctx: Context, listed: list[Host]) -> Line:
    """Returns a line such as `follows 2 books: laptop 3 min ago, desktop 2 days ago (stale)`."""
    root = ctx.book.root
    assert isinstance(root, JoinedRoot)
    # A host may be in several books after a merge: its newest row counts.
    newest: dict[str, Host] = {}
    for host in sorted(listed, key=lambda host: host.age_seconds or 0):
        if host.book != root:
            name = host.host or f"{host.book} {'missing' if host.book in root.missing else 'empty'}"
            newest.setdefault(name, host)
    shown = ", ".join(name + _ago(host) for name, host in newest.items())
    count = plural(len(root.sources) + len(root.missing), "book")
    is_stale = any(host.is_stale for host in newest.values())
    return Line(f"follows {count}: {shown}", level="warn" if is_stale else "dim")


def _newest_rows(book: str) -> dict[str, datetime]:
    newest: dict[str, datetime] = {}
    for name in codec.JOURNALS:
        for recorded_at, host in _STAMPS.findall(_tail(RootedPath(book, f"{name}.jsonl"))):
            try:
                moment = datetime.fromisoformat(recorded_at.decode())
                shown = host.decode()
            except ValueError:
                continue  # no row of burnbook
            newest[shown] = max(moment, newest.get(shown, moment))
    return newest


def _tail(path: RootedPath) -> bytes:
    """The end of a journal; nothing of one that cannot be read, which other notes name."""
    try:
        size = journal.size(path)
        start = max(0, size - _TAIL)
        return journal.at(path, [(start, size - start)])[0] if size else b""
    except (OSError, IOFault):
        return b""


def _ago(host: Host) -> str:
    """Returns text such as ` 3 min ago (stale)`; empty if there is no row."""
    seconds = host.age_seconds
    if seconds is None:
        return ""
    shown = f"{seconds} s"
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "min")):
        if seconds >= size:
            count = seconds // size
            shown = f"{count} min" if unit == "min" else plural(count, unit)
            break
    return f" {shown} ago{' (stale)' if host.is_stale else ''}"
