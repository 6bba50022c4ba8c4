"""Checks the book's file system, the machine and the set-up."""

from typing import Any

from burnbook.base.errors import IO, NO
from burnbook.base.text import plural
from burnbook.context import Context, Result
from burnbook.doctor import filesystem, future, machine, retention, setup, sources, sources_view
from burnbook.preview import blocks
from burnbook.times import clock
from burnbook.view.levels import Level, cell
from burnbook.view.parts import Line, Table

_LEVELS: dict[str, Level] = {"ok": "good", "warn": "warn", "fail": "bad"}


def run(ctx: Context, args: Any) -> Result:
    """Runs the probes, or shows the agents' logs."""
    return _sources(ctx) if args.what == "sources" else _probes(ctx)


def _sources(ctx: Context) -> Result:
    """What is read of each agent's logs. Exits with 1 if a feed or a folder cannot be read."""
    agents = [*sources.agent_sources(ctx)]
    code = NO if any(agent.error for agent in agents) else 0
    shown = sources_view.parts(agents, ctx.config.zone)
    return Result(shown, sources.data(agents), code)


def _probes(ctx: Context) -> Result:
    """Runs every probe. Exits with 1 if a probe fails, and with 74 if locks do not work."""
    root = ctx.book.root
    probes = [*filesystem.probe(root), *future.probe(ctx, clock.now())]
    probes += [*machine.probe(root), *setup.probe(ctx.config, root, blocks.names())]
    probes += [*sources_view.probes(ctx), *retention.probe(ctx.config)]
    fails = [probe for probe in probes if probe.verdict == "fail"]
    warns = [probe for probe in probes if probe.verdict == "warn"]
    code = NO if fails else 0
    if any((probe.area, probe.name) == (filesystem.AREA, "locks") for probe in fails):
        code = IO
    data = {
        "ok": not fails,
        "fails": len(fails),
        "warns": len(warns),
        "probes": [
            {"area": p.area, "name": p.name, "verdict": p.verdict, "said": p.detail} for p in probes
        ],
    }
    warned = f", {plural(len(warns), 'warning')}" if warns else ""
    verdict = plural(len(fails), "failure") + warned if fails else "ok"
    count = f"{len(probes)} probes{'' if fails else warned}"
    rows = [
        (cell(probe.verdict, _LEVELS[probe.verdict]), probe.area, probe.name, probe.detail)
        for probe in probes
    ]
    table = Table(("", "area", "probe", "what"), rows, "<<<<")
    level: Level = "bad" if fails else "warn" if warns else "good"
    return Result([Line(f"{verdict}: {count}", strong=True, level=level), table], data, code)
