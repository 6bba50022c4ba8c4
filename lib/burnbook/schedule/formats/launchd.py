"""launchd property lists, for ~/Library/LaunchAgents on macOS.

launchd only supports the machine's time zone. After sleep it starts missed jobs; bin/_job skips
those that must not run late.
"""

import plistlib
from itertools import product
from math import prod

from burnbook.base.errors import BadConfig
from burnbook.schedule.formats import File, Plan, Rendered, Task, mark
from burnbook.times.cron import Expr

COMMENT = "<!-- {} -->"

_MOST = 500


def render(plan: Plan) -> Rendered:
    """Returns NAME.JOB.plist for each job."""
    if plan.timezone != "local":
        raise BadConfig(
            f"launchd only supports the machine's time zone, not {plan.timezone}; "
            'set timezone = "local" in schedules.toml'
        )
    files = [_file(plan, task) for task in plan.tasks]
    load = " && ".join(
        f"launchctl bootstrap gui/$(id -u) ~/Library/LaunchAgents/{file.name}" for file in files
    )
    return Rendered(files, switch_on=load)


def _file(plan: Plan, task: Task) -> File:
    label = f"{plan.name}.{task.name}"
    intervals = [interval for expr in task.times for interval in calendar(expr)]
    properties = {
        "Label": label,
        "ProgramArguments": ["/bin/sh", *task.words],
        "EnvironmentVariables": dict(plan.environment),
        "StartCalendarInterval": intervals,
    }
    text = plistlib.dumps(properties, sort_keys=False).decode()
    head, _, rest = text.partition("<plist")
    return File(f"{label}.plist", f"{head}<!-- {mark(plan.root)} -->\n<plist{rest}")


def calendar(expr: Expr) -> list[dict[str, int]]:
    """Returns an expression for StartCalendarInterval: one entry for each combination."""
    whole = {"Month": (expr.months, 12), "Day": (expr.days, 31), "Weekday": (expr.weekdays, 7)}
    whole |= {"Hour": (expr.hours, 24), "Minute": (expr.minutes, 60)}
    wanted = {key: values for key, (values, all_) in whole.items() if len(values) < all_}
    if "Day" not in wanted or "Weekday" not in wanted:
        return _written(expr, wanted)
    if not expr.either_day:
        raise BadConfig(f"launchd cannot combine a day and a weekday, as {expr.text!r} does")
    return [
        interval
        for other in ("Weekday", "Day")
        for interval in _written(
            expr, {key: values for key, values in wanted.items() if key != other}
        )
    ]


def _written(expr: Expr, wanted: dict[str, tuple[int, ...]]) -> list[dict[str, int]]:
    count = prod(len(values) for values in wanted.values())
    if count > _MOST:
        raise BadConfig(
            f"launchd needs {count} entries for {expr.text!r}, more than {_MOST}; "
            "choose a simpler expression"
        )
    return [dict(zip(wanted, values, strict=True)) for values in product(*wanted.values())]
