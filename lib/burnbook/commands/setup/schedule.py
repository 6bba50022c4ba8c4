"""Prints the jobs of config/schedules.toml for a scheduler, or keeps them in the user's crontab."""

import os
from typing import Any

from burnbook.base import text as escape
from burnbook.base.errors import IOFault, UsageError, os_sentence
from burnbook.base.rooted_path import RootedPath
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
    """`print`, `install` or `remove`; says what it did, and nothing is done twice."""
    form = getattr(args, "as")
    if form not in formats.names():
        raise UsageError(f"--as {form!r} is not known; valid: {', '.join(formats.names())}")
    if args.action != "print" and (form != "crontab" or args.into or args.next or args.due):
        raise UsageError(
            f"{args.action} is about the crontab alone: it takes no --as, --into, --next or --due"
        )
    if args.force and args.action == "print":
        raise UsageError("--force is about install and remove")
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
    data |= {"timezone": spec.timezone, "jobs": _jobs.told(spec)}
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
            f"the jobs' times are of the zone {spec.timezone} (schedules.toml), "
            f"the reset's of {reset} (windows.toml)"
        )


def _into(data: dict[str, Any], rendered: Rendered, folder: str) -> Result:
    """Write the files into a folder; one that is not ours is left as it is."""
    ours = formats.mark(PROJECT).encode()
    for file in rendered.files:
        path = os.path.join(folder, file.name)
        try:
            with open(path, "rb") as there:
                here = there.read()
        except FileNotFoundError:
            here = None
        except OSError as error:
            raise IOFault(os_sentence("cannot read a file", error)) from None
        if here is not None and ours not in here:
            raise UsageError(
                f"{path} is not of this project; nothing more is written: "
                "move it away, or choose another `name` in schedules.toml"
            )
        if here != file.text.encode():
            (RootedPath(folder) / file.name).replace(file.text.encode())
            data["written"].append(path)
    lines: list[Part] = [Line(path) for path in data["written"]]
    count = f"{len(data['written'])} of {len(rendered.files)} files written into {folder}"
    if rendered.switch_on:
        lines.append(Line(f"switch on: {rendered.switch_on}"))
    return Result([Line(count, strong=True), *lines], data)


def _shown(rendered: Rendered, comment: str) -> str:
    """The files one after the other, each below its name where there are several."""
    if len(rendered.files) == 1:
        return rendered.files[0].text
    return "\n".join(f"{comment.format(file.name)}\n{file.text}" for file in rendered.files)


def _table(spec: Schedules, jobs: list[dict[str, Any]]) -> Table:
    zone = clock.find_zone(spec.timezone)
    rows = [
        (
            f"{clock.to_wall(job['next_at'], zone):%Y-%m-%d %H:%M}" if job["next_at"] else "off",
            job["name"],
            escape.printable(" ".join(("just", job["recipe"], *job["args"]))),
        )
        for job in sorted(jobs, key=lambda job: (not job["enabled"], job["next_at"] or 0))
    ]
    return Table(("next", "job", "runs"), rows, "<<<")
