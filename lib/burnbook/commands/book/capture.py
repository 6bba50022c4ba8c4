"""Runs a declared command and keeps what it printed in the book, once per content."""

import hashlib
import os
import re
from functools import partial
from typing import Any

from burnbook.base import files
from burnbook.base.errors import BadData, UsageError
from burnbook.base.redact import redact_pane, strip_ansi
from burnbook.base.rooted_path import RootedPath
from burnbook.book import lock
from burnbook.config import schedules
from burnbook.context import Context, Result
from burnbook.snapshots import capture
from burnbook.times import clock
from burnbook.view.parts import Line

_NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z(?:_[0-9]+)?\.[^/]+")


def run(ctx: Context, args: Any) -> Result:
    """Capture first, with no lock held; then keep it, where it is not what was kept last."""
    declared = schedules.read(ctx.config).captures
    if args.name not in declared:
        known = ", ".join(declared) or "none is declared in schedules.toml"
        raise UsageError(f"no capture is called {args.name!r}; valid: {known}")
    spec = declared[args.name]
    captured_at = clock.now()
    files.check_owned(os.path.join(ctx.config.root, "schedules.toml"))
    job = partial(capture.run, spec.argv, spec.timeout_seconds)
    shown = capture.text_of(capture.many({args.name: job})[args.name])
    text = redact_pane(strip_ansi(shown.decode("utf-8", "replace")))
    if not text.strip():
        raise BadData(f"the capture {args.name} printed nothing; nothing kept")
    data = text.encode("utf-8", "replace")
    folder = RootedPath(ctx.book.root, f"captures/{args.name}")
    with lock.book_lock(ctx.book.root):
        kept = _kept(folder)
        last = kept[-1] if kept else None
        is_new = last is None or (folder / last).read() != data
        if is_new:
            name = _free(kept, f"{captured_at:%Y%m%dT%H%M%SZ}", spec.suffix)
            (folder / name).replace(data)
        else:
            name = last or ""
    path = str(folder / name)
    said = "kept in" if is_new else "the same as last time, in"
    told = {
        "capture": args.name,
        "captured_at": captured_at,
        "new": is_new,
        "path": path,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    return Result([Line(f"{args.name}: {said} {path}", strong=True)], told)


def _kept(folder: RootedPath) -> list[str]:
    """The names of what is kept, the newest last: they begin with their moment."""
    return [name for name in folder.names() if _NAME.fullmatch(name)]


def _free(kept: list[str], stamp: str, suffix: str) -> str:
    """A name that no other output of the same second has; `_` sorts after the dot."""
    taken = sum(name.startswith(stamp) for name in kept)
    return f"{stamp}{f'_{taken + 1:03}' if taken else ''}.{suffix}"
