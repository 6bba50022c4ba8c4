"""Levels that were crossed, and the hook that tells of each, once for each level of a window."""

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from burnbook.base import files
from burnbook.book import codec
from burnbook.budget.budget import Use, reached
from burnbook.budget.meter_status import Standing
from burnbook.budget.stop_rules import Verdict
from burnbook.config.budgets import Budget, Notify, Stop
from burnbook.context import Context
from burnbook.rows.meters import Row
from burnbook.rows.work import Notice
from burnbook.times import clock
from burnbook.view.parts import number, percent


class Crossing(NamedTuple):
    """A level (1.0 is the whole) that something has reached, and a sentence about it."""

    subject: str
    level: float
    message: str


def of_budget(use: Use, budget: Budget) -> Iterator[Crossing]:
    """The levels of `warn` that the tokens have reached."""
    share = None if use.used_tokens is None else use.used_tokens / use.planned_tokens
    said = f"{number(use.used_tokens)} of {number(use.planned_tokens)} tokens are used"
    for level in reached(budget, share):
        yield Crossing("budget", level, said)


def of_meters(meters: Sequence[Standing], notify: Notify) -> Iterator[Crossing]:
    """The levels of `[notify]` that vendors' meters have reached."""
    for one in meters:
        for level in sorted(set(notify.meters)):
            if one.used_percent is not None and one.used_percent >= 100 * level:
                said = f"{percent(one.used_percent)} of the meter is used"
                yield Crossing(f"{one.agent} {one.provider} {one.meter}", level, said)


def of_rules(verdicts: Sequence[Verdict], rules: dict[str, Stop]) -> Iterator[Crossing]:
    """Rules that say stop, or that warn; the level is the part used at which they begin to."""
    for one in verdicts:
        if one.state in ("stop", "warning"):
            rule = rules[one.rule]
            at_least, below = rule.used_percent_at_least, rule.left_percent_below
            level = max(at_least or 0, 100 - below if below is not None else 0) / 100
            who = f"{one.state}:{one.rule} {one.agent} {one.provider} {one.meter}"
            yield Crossing(who, level, one.message)


def checked(ctx: Context) -> Notify:
    """`[notify]`; BadConfig where there is a hook and others could have written it."""
    notify = ctx.config.notify
    if notify.command:
        files.check_owned(os.path.join(ctx.config.root, "budgets.toml"))
    return notify


def tell(ctx: Context, window: str, found: Sequence[Crossing], notify: Notify) -> None:
    """Book a notice for each crossing, then run the hook for those that this call booked.

    So of several runs at once one tells, and none tells again. The hook runs outside of every lock;
    what goes wrong with it is a note.
    """
    if not notify.command or not found:
        return
    rows = ctx.book.rows("notices")
    told = {(row.subject, row.level) for row in rows if row.window == window}
    if all((one.subject, one.level) in told for one in found):
        return

    def build() -> list[tuple[str, Row]]:
        return [
            (
                "notices",
                codec.make(
                    Notice,
                    agent=ctx.agent,
                    window=window,
                    subject=one.subject,
                    level=one.level,
                    noticed_at=clock.now(),
                ),
            )
            for one in found
        ]

    from burnbook.budget import hooks  # brings subprocess, for those few runs that tell something

    for one, booked in zip(found, ctx.book.commit(build), strict=True):
        if not booked.is_new:
            continue
        values = one._asdict() | {
            "window": window,
            "agent": ctx.agent,
            "level": percent(round(100 * one.level, 1)),
        }
        wrong = hooks.run(hooks.filled(notify.command, values), notify.timeout_seconds)
        if wrong:
            ctx.notes.append(f"{wrong} ({one.subject} at {values['level']})")
