"""Books notices, and runs the hook once for each.

The hook is an argv array, without a shell and without input. Its output is dropped.
"""

import os
import re
from collections.abc import Mapping, Sequence

from burnbook.base import files
from burnbook.base.text import printable
from burnbook.book import codec
from burnbook.budget.meter_status import MeterStatus
from burnbook.budget.notices.crossings import Crossing
from burnbook.budget.notices.due import due
from burnbook.config.budgets import PLACEHOLDER, Notify
from burnbook.context import Context
from burnbook.rows.meters import Row
from burnbook.rows.work import Notice
from burnbook.times import clock
from burnbook.view.parts import percent


def checked(ctx: Context) -> Notify:
    """Returns `[notify]`. Raises BadConfig if other users could have written its hook."""
    notify = ctx.config.notify
    if notify.command:
        files.check_owned(os.path.join(ctx.config.root, "budgets.toml"))
    return notify


def send(
    ctx: Context,
    window: str,
    crossings: Sequence[Crossing],
    meters: Mapping[str, MeterStatus],
    notify: Notify,
) -> None:
    """Books a notice for each crossing that is due, then runs the hook for it.

    What is due is decided under the lock, so the hook runs once, even if several commands run at
    the same time. It runs outside of every lock, and its errors become notes.
    """
    now = clock.now()
    if not notify.command or not due(ctx.book.rows("notices"), crossings, meters, now):
        return
    sent: list[Crossing] = []

    def build() -> list[tuple[str, Row]]:
        sent[:] = due(ctx.book.rows("notices"), crossings, meters, now)
        return [
            (
                "notices",
                codec.make(
                    Notice,
                    agent=ctx.agent,
                    window=window,
                    subject=crossing.subject,
                    level=crossing.level,
                    noticed_at=now,
                    period=crossing.period or None,
                    meter=crossing.meter,
                    until=crossing.until,
                ),
            )
            for crossing in sent
        ]

    for entry, crossing in zip(ctx.book.commit(build), sent, strict=True):
        if not entry.is_new:
            continue
        values = {
            "subject": crossing.subject,
            "message": crossing.message,
            "window": window,
            "agent": ctx.agent,
            "level": percent(round(100 * crossing.level, 1)),
        }
        error = run_hook(filled(notify.command, values), notify.timeout_seconds)
        if error:
            ctx.notes.append(f"{error} ({crossing.subject} at {values['level']})")


def filled(command: Sequence[str], values: Mapping[str, str]) -> list[str]:
    """Replaces `{name}` in the arguments by values. Each argument stays one argument."""

    def value(match: re.Match[str]) -> str:
        return printable(values[match[1]])

    return [command[0], *(PLACEHOLDER.sub(value, word) for word in command[1:])]


def run_hook(argv: Sequence[str], timeout: float) -> str | None:
    """Runs the hook to its end. Returns an error message, or None."""
    from burnbook.base import process  # imports subprocess, which few runs need

    name = os.path.basename(argv[0])
    try:
        code = process.run(argv, timeout).code
    except (OSError, ValueError) as error:
        return f"cannot run the hook {name!r}: {getattr(error, 'strerror', None) or error}"
    except process.LimitExceeded as error:
        return f"the hook {name!r} {error}"
    return f"the hook {name!r} failed with exit code {code}" if code else None
