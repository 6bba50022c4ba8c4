"""systemd user units for ~/.config/systemd/user: a service and a timer for each job."""

from burnbook.schedule.formats import File, Plan, Rendered, Task, mark
from burnbook.times.cron import Expr

COMMENT = "# {}"

_DAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
_SERVICE = """\
[Unit]
Description={title}

[Service]
Type=oneshot
{environment}
ExecStart=/bin/sh {command}
"""
_TIMER = """\
[Unit]
Description={title}

[Timer]
{times}
Persistent={persistent}
AccuracySec=30s

[Install]
WantedBy=timers.target
"""


def render(plan: Plan) -> Rendered:
    """Returns NAME-JOB.service and NAME-JOB.timer for each job."""
    files = [file for task in plan.tasks for file in _units(plan, task)]
    timers = " ".join(file.name for file in files if file.name.endswith(".timer"))
    return Rendered(
        files,
        switch_on=f"systemctl --user daemon-reload && systemctl --user enable --now {timers}",
    )


def _units(plan: Plan, task: Task) -> list[File]:
    head = f"# {mark(plan.root)}\n"
    title = f"burnbook {task.name} of {plan.root}".replace("%", "%%").replace("\\", "\\\\")
    pairs = [_quoted(f"{name}={value}") for name, value in plan.environment.items()]
    service = _SERVICE.format(
        title=title,
        environment="\n".join(f"Environment={pair}" for pair in pairs),
        command=" ".join(_quoted(word).replace("$", "$$") for word in task.words),
    )
    zone = "" if plan.timezone == "local" else f" {plan.timezone}"
    times = [f"OnCalendar={text}{zone}" for expr in task.times for text in calendar(expr)]
    persistent = "true" if task.catch_up else "false"
    timer = _TIMER.format(title=title, times="\n".join(times), persistent=persistent)
    unit = f"{plan.name}-{task.name}"
    return [File(f"{unit}.service", head + service), File(f"{unit}.timer", head + timer)]


def calendar(expr: Expr) -> list[str]:
    """Returns OnCalendar values; two if the day of the month or the weekday must match."""
    months = _list(expr.months, 12)
    clock = f"{_list(expr.hours, 24)}:{_list(expr.minutes, 60)}:00"
    days, names = _list(expr.days, 31), ",".join(_DAYS[day] for day in expr.weekdays)
    weekdays = "" if len(expr.weekdays) == 7 else f"{names} "
    if expr.either_day:
        return [f"*-{months}-{days} {clock}", f"{weekdays}*-{months}-* {clock}"]
    return [f"{weekdays}*-{months}-{days} {clock}"]


def _list(values: tuple[int, ...], all_: int) -> str:
    return "*" if len(values) == all_ else ",".join(f"{value:02}" for value in values)


def _quoted(word: str) -> str:
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%")):
        word = word.replace(plain, escaped)
    return f'"{word}"'
