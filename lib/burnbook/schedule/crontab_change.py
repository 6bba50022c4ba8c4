"""Changes the block of this project in the user's crontab, and keeps a record of the change."""

import json
from typing import Any

from burnbook.base.errors import BadConfig, IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.base.text import plural
from burnbook.book import lock, salt
from burnbook.config.settings import PROJECT
from burnbook.context import Context, Result
from burnbook.schedule import crontab_file
from burnbook.schedule import jobs as _jobs
from burnbook.times import clock
from burnbook.view.parts import Line


def change(
    ctx: Context, data: dict[str, Any], block: bytes, zone: str = "local", *, force: bool
) -> Result:
    """Writes the block to the crontab; an empty block removes it."""
    with crontab_file.locked():
        before = crontab_file.read()
        table = before or b""
        others = crontab_file.without(table, PROJECT)
        wanted = crontab_file.with_block(table, PROJECT, block) if block else others
        if wanted == table:
            fact = "already has these jobs" if block else "has no jobs of this project"
            return Result([Line(f"your crontab {fact}; nothing changed", strong=True)], data)
        if not table and not force:
            _check_empty(ctx, before)
        _check_block(ctx, block, wanted, zone)
        crontab_file.write(before, wanted, PROJECT)
        data["written"] = ["crontab"]
        data["record"] = _record(ctx, crontab_file.block_of(table, PROJECT), block, others)
    jobs = sum(job["enabled"] for job in data["jobs"])
    count = "1 job is" if jobs == 1 else f"{jobs} jobs are"
    result = f"{count} in your crontab" if block else "the jobs were removed from your crontab"
    return Result([Line(result, strong=True)], data)


def _check_empty(ctx: Context, before: bytes | None) -> None:
    """Raises IOFault if an empty crontab may be wrong."""
    if before is not None:
        raise IOFault(
            "crontab -l printed nothing, so your crontab may have lines that it does not show; "
            "nothing changed; if your crontab is empty, use --force"
        )
    lines = _lines_left(ctx)
    if lines:
        raise IOFault(
            f"crontab -l finds no crontab, but it had {plural(lines, 'line')} after the last "
            "change; nothing changed; if you have removed your crontab, use --force"
        )


def _check_block(ctx: Context, block: bytes, wanted: bytes, zone: str) -> None:
    """Raises BadConfig or IOFault if this cron cannot run the block."""
    if not block:
        return
    dialect = crontab_file.dialect()
    if dialect != "-T" and not _jobs.agree(zone, "local", clock.now()):
        raise BadConfig(
            f"this cron does not support CRON_TZ, so it cannot use the zone {zone} of "
            'schedules.toml; set timezone = "local", or use --as systemd'
        )
    if zone == "local" and dialect == "-T" and crontab_file.zone_above(wanted, PROJECT):
        ctx.notes.append("your crontab sets CRON_TZ above the jobs, so it applies to them too")
    if dialect:
        crontab_file.check(block, dialect)


def _record(ctx: Context, replaced: bytes, block: bytes, others: bytes) -> str:
    """Records the project's own lines, and the count and a salted hash of all others."""
    name = f"crontab.{clock.wall_clock():%Y%m%dT%H%M%S.%fZ}"
    path = RootedPath(ctx.book.root, f"crontabs/{name}")
    with lock.book_lock(ctx.book.root):
        row = {
            "replaced": replaced.decode("utf-8", "surrogateescape"),
            "block": block.decode(),
            "other_lines": len(others.splitlines()),
            "other_hash": salt.hashed(ctx.book.root, others, 16),
        }
        path.replace(json.dumps(row, indent=1).encode() + b"\n")
    return str(path)


def _lines_left(ctx: Context) -> int:
    """Returns the number of lines of the crontab after the last change in the book."""
    folder = RootedPath(ctx.book.root, "crontabs")
    names = [name for name in folder.names() if name.startswith("crontab.")]
    if not names:
        return 0
    data = (folder / names[-1]).read() or b""
    try:
        row = json.loads(data)
        return int(row["other_lines"]) + len(row["block"].splitlines())
    except (ValueError, TypeError, KeyError, AttributeError):
        return len(data.splitlines())  # earlier versions kept the whole crontab
