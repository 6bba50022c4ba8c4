"""A crontab: one block between two marker lines, with a line for each job and time.

It changes nothing for other lines: each job's environment is in its own line, in a form that every
shell reads the same way.
"""

from shlex import quote

from burnbook.base.errors import BadConfig
from burnbook.schedule.formats import File, Plan, Rendered

COMMENT = "# {}"


def markers(root: str) -> tuple[str, str]:
    """Returns the first and the last line of a project's block."""
    return f"# burnbook:begin {root}", f"# burnbook:end {root}"


def render(plan: Plan) -> Rendered:
    """Returns the block. Only cronie supports CRON_TZ; for other crons it is a job's variable."""
    begin, end = markers(plan.root)
    lines = [
        begin,
        "# From config/schedules.toml, by `just schedule`; `just schedule remove` removes it.",
    ]
    notes = []
    if plan.timezone != "local":
        lines += ["# Only cronie supports CRON_TZ; it applies to all lines below."]
        lines += [f"CRON_TZ={plan.timezone}"]
        notes.append(
            f"only cronie supports CRON_TZ={plan.timezone}; other crons, such as Debian's, use the "
            'machine\'s time: set timezone = "local", or use --as systemd'
        )
    env = ["/usr/bin/env", *(f"{name}={value}" for name, value in plan.environment.items())]
    for task in plan.tasks:
        command = " ".join(map(_quoted, [*env, *task.words]))
        lines += [f"{expr.text}  {command}" for expr in task.times]
    return Rendered([File("crontab", "".join(f"{line}\n" for line in [*lines, end]))], notes)


def _quoted(word: str) -> str:
    # Crons differ in how they read two backslashes, so there is none except before a `%`, which
    # would otherwise end the command.
    if "\\" in word:
        raise BadConfig(
            f"a crontab cannot have {word!r}: crons differ in how they read backslashes"
        )
    return quote(word).replace("%", r"\%")
