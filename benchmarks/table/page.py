"""The generated parts of docs/PERFORMANCE.md, from the results of the last full run."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from table.declared import UNITS, Row, load
from table.measured import Judged, Result, judge, middle, ratio
from table.peers import PEERS, ROOT

YARDSTICKS = {"find", "python"}  # not programs that do the same
RESULTS = ROOT / "docs" / "performance.json"


def parts(path: Path = RESULTS) -> dict[str, str]:
    """Markdown by the name of the part. A missed target without a reason is an error."""
    results: dict[str, Any] = json.loads(path.read_text("utf-8"))
    rows = load()[0].values()
    return {
        "targets": _targets(rows, results),
        "behind": _behind(rows, results),
        "programs": _programs(rows, results),
        "machine": _machine(results),
    }


def _targets(rows: Iterable[Row], results: dict[str, Any]) -> str:
    """A line for each aim, and how many of them are reached."""
    lines, reached, count = [], 0, 0
    for row in rows:
        result = results["rows"].get(row.name, {})
        for judged in judge(row, result):
            count += 1
            reached += judged.is_reached
            lines.append(_cells(_aim(row, result, judged)))
    head = ("job", "burnbook", "compared with", "ratio", "target", "reached")
    table = [_cells(head), "| --- | ---: | --- | ---: | ---: | --- |", *lines]
    return "\n".join([f"{reached} of {count} targets are reached.", "", *table])


def _aim(row: Row, result: Result, judged: Judged) -> Iterator[str]:
    """The cells of an aim."""
    aim = judged.aim
    job = row.job if aim.command == "burnbook" else f"{row.job}: {aim.command}"
    yield job if aim.of == "wall" else f"{job}: {aim.of}"
    yield _value(middle(result, aim.of, aim.command), aim.of)
    yield _compared(row, result, judged)
    yield "" if judged.value is None or not aim.against else f"{judged.value:.2f}x"
    yield f"at most {aim}"
    if result.get("wrong"):
        yield "not right"
    elif judged.value is None:
        yield "not measured"
    else:
        yield "yes" if judged.is_reached else "**no**"


def _compared(row: Row, result: Result, judged: Judged) -> str:
    """The command of the target with its value, and the best peer, if that is another one."""
    aim = judged.aim
    peers = {name: middle(result, aim.of, name) for name in PEERS if name not in YARDSTICKS}
    measured = {name: value for name, value in peers.items() if value is not None}
    best = min(measured, key=measured.__getitem__, default="")
    names = [aim.against, best] if aim.against in peers or not aim.against else [aim.against]
    values = {name: _value(middle(result, aim.of, name), aim.of) for name in names if name}
    return ", ".join(f"{name} {value}".strip() for name, value in values.items())


def _behind(rows: Iterable[Row], results: dict[str, Any]) -> str:
    """Why targets are missed: a paragraph for each row that misses one."""
    missed = [
        row
        for row in rows
        if (result := results["rows"].get(row.name))
        and not all(judged.is_reached for judged in judge(row, result))
    ]
    if unexplained := ", ".join(row.name for row in missed if not row.behind):
        raise SystemExit(f"rows.toml: these rows miss a target and have no `behind`: {unexplained}")
    lines = [f"- {row.job}: {row.behind}" for row in missed]
    return "\n".join(lines) or "No measured target is missed."


def _programs(rows: Iterable[Row], results: dict[str, Any]) -> str:
    """Every command of every row."""
    head = ("job", "command", "runs", "time", "CPU time", "memory", "ratio", "tokens")
    lines = [_cells(head), "| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |"]
    for row in rows:
        result = results["rows"].get(row.name, {})
        rounds = result.get("rounds", [])
        names = list(dict.fromkeys(name for each in rounds for name in each))
        for name in names:
            times = ratio(result, "wall", names[0], name)
            cells = (
                row.job if name == names[0] else "",
                name,
                str(sum(name in each for each in rounds)),
                *(_value(middle(result, what, name), what) for what in ("wall", "cpu", "memory")),
                "" if name == names[0] or times is None else f"{times:.2f}x",
                result["deviations"].get(name, ""),
            )
            lines.append(_cells(cells))
    return "\n".join(lines)


def _machine(results: dict[str, Any]) -> str:
    """When and where it was measured, and with which versions."""
    days = sorted({row["measured_at"][:10] for row in results["rows"].values()})
    lines = ["| | |", "| --- | --- |", _cells(("date", " to ".join(days[:1] + days[1:][-1:])))]
    about = results["machine"] | results["peers"]
    return "\n".join(lines + [_cells(each) for each in about.items()])


def _value(value: float | None, what: str) -> str:
    """A value with its unit; empty if there is none."""
    if value is None:
        return ""
    return f"{value:,.{1 if value < 100 else 0}f} {UNITS[what]}"


def _cells(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")
