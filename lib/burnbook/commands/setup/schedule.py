"""Prints the jobs of config/schedules.toml for a scheduler, or installs them in the crontab."""

import os
from typing import Any

from burnbook.base.errors import IOFault, UsageError, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.base.text import printable
from burnbook.config import schedules
from burnbook.config.schedules import Schedules
from burnbook.config.settings import PROJECT
from burnbook.context import Context, Result
from burnbook.schedule import crontab_change, formats
from burnbook.schedule import jobs as _jobs
from burnbook.schedule.formats import Rendered
from burnbook.times import clock
from burnbook.view.parts import Line, Part, Table


def run(ctx: Context, args: Any) -> Result:
    """Prints, installs or removes the jobs. Repeating it changes nothing."""
    form = getattr(args, "as")
    if form not in formats.names():
        raise UsageError(f"unknown format --as {form!r}; valid: {', '.join(formats.names())}")
    if args.action != "print" and (form != "crontab" or args.into or args.next or args.due):
        raise UsageError(
            f"{args.action} changes the crontab only; it cannot have --as, --into, --next or --due"
        )
    if args.force and args.action == "print":
        raise UsageError("--force is only valid with install and remove")
    data: dict[str, Any] = {"action": args.action, "as": form, "timezone": None, "jobs": []}
    data |= {"files": [], "written": [], "record": None}
    if args.action == "remove":
        return crontab_change.change(ctx, data, b"", force=args.force)
    spec = schedules.read(ctx.config)
    if args.due is not None:
        since = _jobs.due(spec, args.due)
        return Result([Line(f"{args.due} is due since {clock.iso(since)}")], data)
    faults = _jobs.faults(ctx, spec)
    rendered: Rendered = formats.load(form).render(_jobs.plan(ctx, args, spec))
    data |= {"timezone": spec.timezone, "jobs": _jobs.data(spec)}
    data["files"] = [file._asdict() for file in rendered.files]
    if args.action == "install":
        if faults:
            raise faults[0]
        block = rendered.files[0].text.encode()
        result = crontab_change.change(ctx, data, block, spec.timezone, force=args.force)
        _compare_zones(ctx, spec)
        return result
    ctx.notes.extend([*rendered.notes, *map(str, faults)])
    _compare_zones(ctx, spec)
    if args.into is not None:
        return _into(data, rendered, os.path.abspath(args.into))
    if args.next:
        return Result([_table(spec, data["jobs"])], data)
    text = _shown(rendered, formats.load(form).COMMENT)
    ready = {"text": text, "markdown": f"```text\n{text}```\n"}
    return Result([], data, ready=ready.get(args.format))


def _compare_zones(ctx: Context, spec: Schedules) -> None:
    reset = ctx.config.windows.timezone
    if not _jobs.agree(spec.timezone, reset, clock.now()):
        ctx.notes.append(
            f"the jobs use the zone {spec.timezone} (schedules.toml), "
            f"the reset uses {reset} (windows.toml)"
        )


def _into(data: dict[str, Any], rendered: Rendered, folder: str) -> Result:
    """Writes the files to a folder. Raises UsageError for a file of another project."""
    own_mark = formats.mark(PROJECT).encode()
    for file in rendered.files:
        path = os.path.join(folder, file.name)
        try:
            with open(path, "rb") as existing:
                old = existing.read()
        except FileNotFoundError:
            old = None
        except OSError as error:
            raise IOFault(os_sentence("cannot read a file", error)) from None
        if old is not None and own_mark not in old:
            raise UsageError(
                f"{path} is from another project; nothing more is written; "
                "move it away, or choose another `name` in schedules.toml"
            )
        if old != file.text.encode():
            (RootedPath(folder) / file.name).replace(file.text.encode())
            data["written"].append(path)
    lines: list[Part] = [Line(path) for path in data["written"]]
    count = f"{len(data['written'])} of {len(rendered.files)} files written to {folder}"
    if rendered.switch_on:
        lines.append(Line(f"to enable: {rendered.switch_on}"))
    return Result([Line(count, strong=True), *lines], data)


def _shown(rendered: Rendered, comment: str) -> str:
    """Returns the files one after the other, each below its name if there are several."""
    if len(rendered.files) == 1:
        return rendered.files[0].text
    return "\n".join(f"{comment.format(file.name)}\n{file.text}" for file in rendered.files)


def _table(spec: Schedules, jobs: list[dict[str, Any]]) -> Table:
    zone = clock.find_zone(spec.timezone)
    rows = [
        (
            f"{clock.to_wall(job['next_at'], zone):%Y-%m-%d %H:%M}" if job["next_at"] else "off",
            job["name"],
            printable(" ".join(("just", job["recipe"], *job["args"]))),
        )
        for job in sorted(jobs, key=lambda job: (not job["enabled"], job["next_at"] or 0))
    ]
    return Table(("next", "job", "runs"), rows, "<<<")
