"""Runs a declared command and keeps its output in the book, if it is new."""

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
    """Captures without a lock, then keeps the output if it differs from the last one."""
    declared = schedules.read(ctx.config).captures
    if args.name not in declared:
        known = ", ".join(declared) or "none is declared in schedules.toml"
        raise UsageError(f"no capture is called {args.name!r}; valid: {known}")
    spec = declared[args.name]
    captured_at = clock.now()
    files.check_owned(os.path.join(ctx.config.root, "schedules.toml"))
    job = partial(capture.run_command, spec.argv, spec.timeout_seconds)
    shown = capture.text_of(capture.run_all({args.name: job})[args.name])
    text = redact_pane(strip_ansi(shown.decode("utf-8", "replace")))
    if not text.strip():
        raise BadData(f"the capture {args.name} printed nothing; nothing kept")
    output = text.encode("utf-8", "replace")
    folder = RootedPath(ctx.book.root, f"captures/{args.name}")
    with lock.book_lock(ctx.book.root):
        kept = _kept(folder)
        last = kept[-1] if kept else None
        is_new = last is None or (folder / last).read() != output
        if is_new:
            name = _free(kept, f"{captured_at:%Y%m%dT%H%M%SZ}", spec.suffix)
            (folder / name).replace(output)
        else:
            name = last or ""
    path = str(folder / name)
    result = "kept in" if is_new else "unchanged, in"
    data = {
        "capture": args.name,
        "captured_at": captured_at,
        "new": is_new,
        "path": path,
        "bytes": len(output),
        "sha256": hashlib.sha256(output).hexdigest(),
    }
    return Result([Line(f"{args.name}: {result} {path}", strong=True)], data)


def _kept(folder: RootedPath) -> list[str]:
    """Returns the names of kept outputs, oldest first; they begin with their moment."""
    return [name for name in folder.names() if _NAME.fullmatch(name)]


def _free(kept: list[str], stamp: str, suffix: str) -> str:
    """Returns a name that no other output of the same second has; `_` sorts after the dot."""
    used = sum(name.startswith(stamp) for name in kept)
    return f"{stamp}{f'_{used + 1:03}' if used else ''}.{suffix}"
