"""Notices: crossed levels, and the hook that runs once for each level of a window.

The hook is an argv array, without a shell and without input. Its output is dropped.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from burnbook.base import files
from burnbook.base.text import printable
from burnbook.book import codec
from burnbook.budget.budget import Use
from burnbook.budget.meter_status import MeterStatus
from burnbook.budget.stop_rules import Verdict
from burnbook.config.budgets import PLACEHOLDER, Budget, Notify, Stop
from burnbook.context import Context
from burnbook.rows.meters import Row
from burnbook.rows.work import Notice
from burnbook.times import clock
from burnbook.view.parts import number, percent


class Crossing(NamedTuple):
    """A level (1.0 is 100%) that `subject` has reached, with a message about it."""

    subject: str
    level: float
    message: str


def of_budget(use: Use, budget: Budget) -> Iterator[Crossing]:
    """Returns the levels of `warn` that the tokens have reached."""
    message = f"{number(use.used_tokens)} of {number(use.planned_tokens)} tokens are used"
    for level in sorted(set(budget.warn)):
        if use.level is not None and level <= use.level:
            yield Crossing("budget", level, message)


def of_meters(meters: Sequence[MeterStatus], notify: Notify) -> Iterator[Crossing]:
    """Returns the levels of `[notify]` that the vendors' meters have reached."""
    for meter in meters:
        for level in sorted(set(notify.meters)):
            if meter.used_percent is not None and meter.used_percent >= 100 * level:
                message = f"{percent(meter.used_percent)} of the meter is used"
                subject = f"{meter.agent} {meter.provider} {meter.meter}"
                yield Crossing(subject, level, message)


def of_rules(verdicts: Sequence[Verdict], rules: dict[str, Stop]) -> Iterator[Crossing]:
    """Returns the rules with state stop or warning; the level is the share where they begin."""
    for verdict in verdicts:
        if verdict.state in ("stop", "warning"):
            rule = rules[verdict.rule]
            at_least, below = rule.used_percent_at_least, rule.left_percent_below
            level = max(at_least or 0, 100 - below if below is not None else 0) / 100
            meter = f"{verdict.agent} {verdict.provider} {verdict.meter}"
            subject = f"{verdict.state}:{verdict.rule} {meter}"
            yield Crossing(subject, level, verdict.message)


def checked(ctx: Context) -> Notify:
    """Returns `[notify]`. Raises BadConfig if other users could have written its hook."""
    notify = ctx.config.notify
    if notify.command:
        files.check_owned(os.path.join(ctx.config.root, "budgets.toml"))
    return notify


def send(ctx: Context, window: str, crossings: Sequence[Crossing], notify: Notify) -> None:
    """Books a notice for each crossing, then runs the hook for those that this call booked.

    So the hook runs once, even if several commands run at the same time. It runs outside of every
    lock, and its errors become notes.
    """
    if not notify.command or not crossings:
        return
    rows = ctx.book.rows("notices")
    booked = {(row.subject, row.level) for row in rows if row.window == window}
    if all((crossing.subject, crossing.level) in booked for crossing in crossings):
        return

    def build() -> list[tuple[str, Row]]:
        return [
            (
                "notices",
                codec.make(
                    Notice,
                    agent=ctx.agent,
                    window=window,
                    subject=crossing.subject,
                    level=crossing.level,
                    noticed_at=clock.now(),
                ),
            )
            for crossing in crossings
        ]

    for crossing, entry in zip(crossings, ctx.book.commit(build), strict=True):
        if not entry.is_new:
            continue
        values = crossing._asdict() | {
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
