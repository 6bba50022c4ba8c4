"""Looks at the place of a book, the machine and the set-up: can burnbook keep its promises here."""

from typing import Any

from burnbook.base.errors import IO, NO
from burnbook.context import Context, Result
from burnbook.doctor import Probed, filesystem, future, machine, setup
from burnbook.times import clock
from burnbook.view.parts import Line, Part, Table


def run(ctx: Context, args: Any) -> Result:
    """Every probe. Exit 1 where one fails, 74 where locks do nothing: then nothing is booked."""
    root = ctx.book.root
    found = [*filesystem.probe(root), *future.probe(ctx, clock.now())]
    found += [*machine.probe(root), *setup.probe(ctx.config, root)]
    fails = [one for one in found if one.verdict == "fail"]
    warns = [one for one in found if one.verdict == "warn"]
    code = NO if fails else 0
    if any((one.area, one.name) == (filesystem.AREA, "locks") for one in fails):
        code = IO
    data = {
        "ok": not fails,
        "fails": len(fails),
        "warns": len(warns),
        "probes": [
            {"area": p.area, "name": p.name, "verdict": p.verdict, "said": p.detail} for p in found
        ],
    }
    head = Line(_head(len(fails), len(warns), len(found)), strong=True)
    return Result([head, *_tables(found)], data, code)


def _head(fails: int, warns: int, count: int) -> str:
    warned = f", {warns} {'warning' if warns == 1 else 'warnings'}" if warns else ""
    if not fails:
        return f"ok: {count} probes{warned}"
    return f"{fails} {'failure' if fails == 1 else 'failures'}{warned}: {count} probes"


def _tables(found: list[Probed]) -> list[Part]:
    rows = [(one.verdict, one.area, one.name, one.detail) for one in found]
    return [Table(("", "area", "probe", "what"), rows, "<<<<")]
