"""Gathers a window's bundle: everything that a reviewer needs, always with the same bytes."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from burnbook.base.clean_text import clean, cleaned
from burnbook.base.errors import Missing
from burnbook.base.text import cleaned_csv
from burnbook.book import codec, journal
from burnbook.config.folders import bundles, ledgers
from burnbook.context import Context
from burnbook.ledgers import csv_ledger, shared_file
from burnbook.preview import blocks
from burnbook.preview.page import page
from burnbook.preview.scene import scene
from burnbook.review import bundle_folder, decision_page
from burnbook.review.decision import Decision, decide_window
from burnbook.rows.meters import NewerRow
from burnbook.store.membership import Membership
from burnbook.telemetry.queries import has_traffic, window_traffic
from burnbook.times import clock
from burnbook.view import render
from burnbook.windows import spans

_LARGE = "proxy_telemetry"
# Journals whose rows may name no window, and the field with their moment.
_MOMENTS = {"proxy_telemetry": "ts", "agent_usage": "ts", "meters": "captured_at"}
_TIME = re.compile(rb'"(?:ts|captured_at)":"([-0-9T:]{19})')


class Bundle(NamedTuple):
    """A written bundle. `is_new` is false if the same bundle was there already."""

    path: str
    manifest: bundle_folder.Manifest
    is_new: bool
    decision: Decision


def write(ctx: Context, window: str) -> Bundle:
    """Writes a window's bundle. Raises Missing if the book has no row of the window."""
    folder = bundles(ctx.config, ctx.book.root)
    small = {name: list(lines_of(ctx, name, window)) for name in codec.JOURNALS if name != _LARGE}
    # So that the bytes do not depend on when the bundle is written.
    clock.act_at(_last_moment(ctx, window, [row for rows in small.values() for _, row in rows]))
    contents: dict[str, Iterable[bytes]] = {
        f"journals/{name}.jsonl": [line for line, _ in rows] for name, rows in small.items() if rows
    }
    if has_traffic(ctx.store, window):
        contents[f"journals/{_LARGE}.jsonl"] = (line for line, _ in lines_of(ctx, _LARGE, window))
    for name, file in _pages(ctx):
        if file.data is None:
            ctx.notes.append(f"{file.path} does not exist yet; bundled without it")
        else:
            contents[name] = [_redacted(name, file.data)]
    preview = page(scene(ctx, window), [blocks.load(name) for name in blocks.configured(ctx)])
    decision = decide_window(ctx, window)
    for name, parts, data in (
        ("preview", preview.parts, preview.values),
        ("decision", decision_page.parts(decision), decision),
    ):
        contents[f"{name}.md"] = [clean(render.markdown(parts)).encode()]
        contents[f"{name}.json"] = [render.json(cleaned(data)).encode()]
    manifest, is_new = bundle_folder.put(folder, window, contents)
    return Bundle(str(folder / window), manifest, is_new, decision)


def lines_of(ctx: Context, name: str, window: str) -> Iterator[tuple[bytes, Any]]:
    """Returns (line, row) of every valid row of a window, as burnbook writes lines.

    These rows name it, or are requests and readings of its time that name none. Of a request that a
    later row moves to another window, no row is in this one.
    """
    membership = spans.membership(ctx) if name in _MOMENTS else Membership()
    window_of = partial(_window_of, _MOMENTS.get(name), membership)
    # Quotes in free text are escaped, so only fields can have these bytes.
    field = b'"window":"%b"' % window.encode()
    times = [
        [moment.isoformat()[:19].encode() for moment in span[:2]]
        for span in membership.spans
        if span.window == window
    ]

    def is_possible(line: bytes) -> bool:
        match = _TIME.search(line) if times else None
        return field in line or bool(match and times[0][0] <= match[1] <= times[0][1])

    moved = _moved(ctx, name) if name in _MOMENTS else {}
    for line, row in _rows(ctx, name, is_possible):
        newest, seen = row, set[str]()
        while newest.id in moved and newest.id not in seen:
            seen.add(newest.id)
            newest = moved[newest.id]
        if window_of(row) == window_of(newest) == window:
            yield codec.plain(line), row


def _window_of(moment: str | None, membership: Membership, row: Any) -> str | None:
    if row.window is not None or moment is None:
        window: str | None = row.window
        return window
    return membership.at(row.agent, getattr(row, moment))


def _moved(ctx: Context, name: str) -> dict[str, Any]:
    """The last row that supersedes another, by the id of that one."""
    rows = _rows(ctx, name, lambda line: b'"supersedes":"' in line)
    return {row.supersedes: row for _, row in rows if getattr(row, "supersedes", None)}


def _rows(
    ctx: Context, name: str, is_wanted: Callable[[bytes], bool]
) -> Iterator[tuple[bytes, Any]]:
    for _, line in journal.lines(journal.path_of(ctx.book.root, name)):
        if is_wanted(line):
            row = codec.read(name, line)
            if row is not None and not isinstance(row, NewerRow):
                yield line, row  # others are counted by other readers, and check names them


def _last_moment(ctx: Context, window: str, rows: list[Any]) -> datetime:
    """Returns the newest moment in the window's rows."""
    names = ("captured_at", "finalized_at", "taken_at")
    values = [getattr(row, name, None) for row in rows for name in names]
    moments: list[datetime] = [moment for moment in values if moment is not None]
    traffic = window_traffic(ctx.store, window)
    if traffic is not None and traffic.last is not None:
        moments.append(traffic.last)
    moments = moments or [row.recorded_at for row in rows]
    if not moments:
        raise Missing(
            f"the book has no row of window {window}, so there is nothing to bundle; "
            f"`start PROVIDER {window}` books the first"
        )
    return max(moments)


def _pages(ctx: Context) -> Iterator[tuple[str, shared_file.Page]]:
    paths = ledgers(ctx.config, ctx.book.root)
    for form in csv_ledger.FORMS:
        yield f"ledgers/{form.file}", shared_file.read(paths.folder / form.file)
    yield "handoff.md", shared_file.read(paths.handoff)


def _redacted(name: str, data: bytes) -> bytes:
    """Redacts secrets in a page, because people write in ledgers and handoffs too."""
    if name.endswith(".csv"):
        return cleaned_csv(data)
    return clean(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
