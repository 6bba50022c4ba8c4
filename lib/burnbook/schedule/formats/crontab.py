"""A crontab: one block between two marker lines, a line a job and time.

It sets nothing for the lines around it: each job's environment stands in its own line, where every
shell that a crontab's SHELL may name reads it alike.
"""

from shlex import quote

from burnbook.base.errors import BadConfig
from burnbook.schedule.formats import File, Plan, Rendered

COMMENT = "# {}"


def markers(root: str) -> tuple[str, str]:
    """The first and the last line of a project's block."""
    return f"# burnbook:begin {root}", f"# burnbook:end {root}"


def render(plan: Plan) -> Rendered:
    """The block. CRON_TZ is cronie's; other crons take it for a variable of the jobs."""
    begin, end = markers(plan.root)
    lines = [
        begin,
        "# From config/schedules.toml, by `just schedule`; `just schedule remove` takes it out.",
    ]
    notes = []
    if plan.timezone != "local":
        lines += ["# CRON_TZ is understood by cronie alone, and holds for all lines below it."]
        lines += [f"CRON_TZ={plan.timezone}"]
        notes.append(
            f"only cronie knows CRON_TZ={plan.timezone}; elsewhere, Debian among them, the times "
            'are the machine\'s own: set timezone = "local", or use --as systemd'
        )
    env = ["/usr/bin/env", *(f"{name}={value}" for name, value in plan.environment.items())]
    for task in plan.tasks:
        command = " ".join(map(_quoted, [*env, *task.words]))
        lines += [f"{expr.text}  {command}" for expr in task.times]
    return Rendered([File("crontab", "".join(f"{line}\n" for line in [*lines, end]))], notes)


def _quoted(word: str) -> str:
    # Crons differ in what they make of two backslashes, so none is written but before a `%`, which
    # would end the command.
    if "\\" in word:
        raise BadConfig(
            f"a crontab cannot have {word!r}: crons differ in how they read backslashes"
        )
    return quote(word).replace("%", r"\%")
