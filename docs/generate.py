"""Write what the documentation takes from the program itself, or check that it is current.

    generate.py [reference] [schema] [readme] [sample] [jobs] [agents] [providers]
        [performance] [--check]

reference: docs/reference.md, from every script's `--help` and every recipe's `--usage`
schema:    docs/schema/JOURNAL.json, from the records
readme:    the preview in README.md, from the demo
sample:    the answers in README.md, from the invented history of 120 days
jobs:      the jobs and their times in docs/standing_jobs.md, from config/schedules.toml
agents:    the table of agents in docs/agent_logs.md, from config/feeds/
providers: the table of providers in docs/providers.md, from lib/burnbook/panes/
performance: the tables of docs/PERFORMANCE.md, from docs/performance.json

Without a part, all of them. `--check` writes nothing; exit code 1 and the names of the files that
differ.
"""

import argparse
import importlib
import inspect
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 96
HOUSE = "/home/ada/burnbook"
ECMA_ONLY = re.compile(r"\\[AZz]|\(\?[P<#aiLmsux]")
PREVIEW = re.compile(r"(<!-- demo's preview, .*? -->\n).*?(<!-- end -->)", re.DOTALL)
DAYS = re.compile(r"(<!-- days, .*? -->\n).*?(<!-- end -->)", re.DOTALL)
SAMPLE = re.compile(
    r"(<!-- sample, .*? -->\n```text\n\$ \./just ([^\n]*)\n).*?(```\n<!-- end -->)", re.DOTALL
)
AGENTS = re.compile(r"^\| agent \| feed \|.*\n(?:\|.*\n)+", re.MULTILINE)
PROVIDERS = re.compile(r"^\| provider \| asked for as \|.*\n(?:\|.*\n)+", re.MULTILINE)
JOBS = re.compile(r"^\| job \| when \|.*\n(?:\|.*\n)+", re.MULTILINE)
HEAD = """\
# Command reference

<!-- Written by docs/generate.py (`./just docs`) from the commands themselves. Do not edit. -->

Each script of `bin/` runs from any directory. A recipe runs a script: `./just start codex` is
`bin/snapshot start codex`. Recipes that write run under the lock of the agent that acts.
"""

Files = dict[Path, str | None]
"""Text by path; None is a file that must not be there."""


def printed(*command: str, **environment: str) -> str:
    """What a command of the project prints, without colour, a width and trailing blanks."""
    unset = ("BURNBOOK_", "FORCE_COLOR", "COLUMNS")
    env = {k: v for k, v in os.environ.items() if not k.startswith(unset)}
    done = subprocess.run(
        [str(ROOT / command[0]), *command[1:]],
        env={**env, "NO_COLOR": "1", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=True,
    )
    return "\n".join(line.rstrip() for line in done.stdout.decode().splitlines()).strip("\n")


def reflowed(help_: str) -> str:
    """A script's help, its usage wrapped here: argparse wraps it otherwise in each Python."""
    usage, rest = help_.split("\n\n", 1)
    words = re.findall(r"\[[^]]*\]|\S+", usage)
    indent = " " * len(" ".join(words[:2]))
    lines = [" ".join(words[:2])]
    for word in (" ".join(word.split()) for word in words[2:]):
        if len(lines[-1]) + 1 + len(word) > WIDTH:
            lines.append(indent)
        lines[-1] += f" {word}"
    return "\n".join(lines) + "\n\n" + rest


def recipes() -> dict[str, list[dict[str, Any]]]:
    """The public recipes by group, from `just`; attributes with a value by their names."""
    by_name: dict[str, list[dict[str, Any]]] = {}
    for recipe in json.loads(printed("just", "--dump", "--dump-format", "json"))[
        "recipes"
    ].values():
        valued = [a for a in recipe["attributes"] if isinstance(a, dict)]
        recipe["attributes"] = {name: value for a in valued for name, value in a.items()}
        if not recipe["private"]:
            by_name.setdefault(recipe["attributes"].get("group", "others"), []).append(recipe)
    return dict(sorted(by_name.items()))


def reference() -> Files:
    """docs/reference.md."""
    parts = [HEAD, "## Scripts\n"]
    for name in sorted(path.name for path in (ROOT / "bin").iterdir() if path.name[0] not in "_."):
        shown = reflowed(printed(f"bin/{name}", "--help"))
        parts.append(f"### bin/{name}\n\n```text\n{shown}\n```\n")
    for group, members in recipes().items():
        parts.append(f"## Recipes: {group}\n")
        for recipe in members:
            shown = printed("just", "--usage", recipe["name"])
            written = [f"`{file}`" for file in recipe["attributes"].get("metadata", ["writes"])[1:]]
            text = f"{recipe['doc']}." + (f" Writes {', '.join(written)}." if written else "")
            parts.append(f"### just {recipe['name']}\n\n{text}\n\n```text\n{shown}\n```\n")
    return {ROOT / "docs" / "reference.md": "\n".join(parts)}


def schema() -> Files:
    """docs/schema/*.json: what `records` validates, and `chain` and `crc`, which close a line."""
    sys.path.insert(0, str(ROOT / "lib"))
    from burnbook.book import codec
    from burnbook.rows import experiments, meters, rewrites, work
    from burnbook.rows import usage as usagerows

    sha256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
    chain = {
        "type": "object",
        "properties": {
            "rows": {"type": "integer", "minimum": 1},
            "after": sha256,
            "hash": sha256,
        },
        "required": ["rows", "hash"],
    }
    folder = ROOT / "docs" / "schema"
    files: Files = dict.fromkeys(folder.glob("*"))
    for journal in codec.JOURNALS:
        definition = ecma(codec.schema(journal))
        definition.pop("discriminator", None)  # OpenAPI's; `row` is an enum of one value anyway
        for name, kind in definition["$defs"].items():
            every = (usagerows, work, experiments, rewrites, meters)
            rooms = [room for room in every if hasattr(room, name)]
            if issubclass(getattr(rooms[0], name), meters.Row):
                versions = list(range(1, codec.SCHEMA_VERSION + 1))
                kind["properties"]["schema_version"]["enum"] = versions
                kind["properties"]["chain"] = chain
                kind["properties"]["crc"] = {"type": "string", "pattern": "^[0-9a-f]{8}$"}
                kind["required"].append("crc")
        whole = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": f"{journal}.jsonl",
            "description": f"One line of {journal}.jsonl. docs/FORMAT.md says what each field is.",
        }
        files[folder / f"{journal}.json"] = json.dumps(whole | definition, indent=2) + "\n"
    return files


def ecma(value: Any) -> Any:
    r"""A schema with ECMA's patterns, where `$` is the very end as Python's `\Z` is."""
    if isinstance(value, list):
        return [ecma(item) for item in value]
    if not isinstance(value, dict):
        return inspect.cleandoc(value) if isinstance(value, str) else value
    converted = {key: ecma(item) for key, item in value.items()}
    if isinstance(converted.get("pattern"), str):
        converted["pattern"] = converted["pattern"].replace(r"\Z", "$")
        assert not ECMA_ONLY.search(converted["pattern"]), converted["pattern"]
    return converted


def readme() -> Files:
    """README.md with what the demo's preview and the first two commands print."""
    step = next(part for part in printed("bin/demo").split("\n$ ") if "just preview" in part)
    path = ROOT / "README.md"
    text = path.read_text("utf-8")
    for marks, shown in ((PREVIEW, f"$ {step}".split("\n\n# ")[0]), (DAYS, first_days())):
        text, count = marks.subn(rf"\g<1>```text\n{shown}\n```\n\g<2>", text)
        assert count == 1, f"README.md has no marks {marks.pattern}"
    return {path: text}


def first_days() -> str:
    """What `ingest` and then `usage` print of the logs in samples/home, on a terminal."""
    with tempfile.TemporaryDirectory() as book:
        of_sample = {"HOME": str(ROOT / "samples" / "home"), "BURNBOOK_DATA_DIR": book}
        of_sample |= dict.fromkeys(("CLAUDE_CONFIG_DIR", "CODEX_HOME"), "")
        on_terminal = {"TZ": "UTC", "COLUMNS": "80", "LC_ALL": "C.UTF-8"}
        read = printed("bin/ingest", **of_sample, **on_terminal)
        days = printed("bin/usage", "--at", "2026-11-22T20:00Z", **of_sample, **on_terminal)
    return f"$ ./just ingest\n{read}\n$ ./just usage\n{days}"


def sample() -> Files:
    """README.md with what its commands print of the invented history of 120 days."""
    path = ROOT / "README.md"
    with tempfile.TemporaryDirectory() as folder:
        history = Path(folder) / "history"
        printed("bin/demo", "--days", "120", "--keep", str(history))
        of_history = {
            **{"TZ": "UTC", "COLUMNS": "80", "LC_ALL": "C.UTF-8", "HOME": folder},
            **{"BURNBOOK_DATA_DIR": f"{history}/book", "BURNBOOK_CONFIG_DIR": f"{history}/config"},
        }

        def shown(block: re.Match[str]) -> str:
            script, *flags = block[2].split()
            words = (f"bin/{script}", *flags, "--at", "2026-11-22T20:00Z")
            return f"{block[1]}{printed(*words, **of_history)}\n{block[3]}"

        return {path: SAMPLE.sub(shown, path.read_text("utf-8"))}


def jobs() -> Files:
    """docs/standing_jobs.md with the shipped jobs as a clone at HOUSE has them."""
    sys.path.insert(0, str(ROOT / "lib"))
    from burnbook.config import loader, schedules
    from burnbook.schedule import formats
    from burnbook.schedule import jobs as _jobs

    path = ROOT / "docs" / "standing_jobs.md"
    text = path.read_text("utf-8")
    spec = schedules.read(loader.Config(str(ROOT / "config")))
    text = JOBS.sub(lambda table: _with_times(table[0], spec), text)
    plan = _jobs.of(spec, HOUSE, {})
    for form in formats.names():
        files = {file.name: file.text for file in formats.load(form).render(plan).files}
        for name, shown in files.items():
            mark = re.compile(rf"(<!-- {re.escape(name)}, .*? -->\n).*?(<!-- end -->)", re.DOTALL)
            fenced = f"```text\n{shown}```\n"
            text = mark.sub(lambda m, new=fenced: f"{m[1]}{new}{m[2]}", text)  # type: ignore[misc]
    return {path: text}


def _with_times(table: str, spec: Any) -> str:
    """The table of jobs with the times of the config; its other columns are written by hand."""
    rows = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    assert rows == list(spec.jobs), f"the table has the jobs {rows}, the config {list(spec.jobs)}"
    for name, job in spec.jobs.items():
        row = re.compile(rf"^(\| `{re.escape(name)}` \|)[^|]*\|", re.MULTILINE)
        when = _when(job.times)
        table = row.sub(lambda match, when=when: f"{match[1]} {when} |", table)  # type: ignore[misc]
    return table


def _when(times: Sequence[Any]) -> str:
    """Expressions in words, `every day` once."""
    from cronsim import CronSim

    words = []
    for expr in times:
        fields = expr.text.split()
        fields[1] = ",".join(map(str, expr.hours)) if fields[1].startswith("*/") else fields[1]
        words.append(CronSim(" ".join(fields), datetime(2024, 1, 1)).explain())
    daily = [re.fullmatch("At (.+) every day", each) for each in words]
    if len(words) > 1 and all(daily):
        clocks = [each[1] for each in daily if each]
        return f"At {', '.join(clocks[:-1])} and {clocks[-1]} every day"
    return "; ".join(words)


def agents() -> Files:
    """docs/agent_logs.md with a row for each feed of an agent's own logs."""
    sys.path.insert(0, str(ROOT / "lib"))
    from burnbook.config import loader
    from burnbook.config.agent_logs import LogFeed

    config = loader.Config(str(ROOT / "config"))
    feeds = {name: config.feed(name) for name in config.feed_names}
    lines = ["| agent | feed | folders | files | forms | identity | pitfalls | checked |"]
    lines.append("| --- " * 8 + "|")
    for name, feed in sorted(feeds.items()):
        if isinstance(feed, LogFeed):
            first = [f"`${feed.environment}`, else"] if feed.environment else []
            folders = " ".join([*first, ", ".join(f"`{root}`" for root in feed.roots)])
            patterns = [*feed.files, *(feed.older.files if feed.older else ())]
            if feed.also:
                folders += "; also " + ", ".join(f"`{root}`" for root in feed.also.roots)
                patterns += feed.also.files
            files = ", ".join(f"`{pattern}`" for pattern in patterns)
            about = feed.about
            cells = (feed.title, f"`{name}`", folders, files, about.since, about.identity)
            lines.append(f"| {' | '.join((*cells, about.pitfalls, about.checked))} |")
    path = ROOT / "docs" / "agent_logs.md"
    text, count = AGENTS.subn(lambda _: "\n".join(lines) + "\n", path.read_text("utf-8"))
    assert count == 1, "docs/agent_logs.md has no table of agents"
    return {path: text}


def providers() -> Files:
    """docs/providers.md with a row for each file of lib/burnbook/panes/."""
    sys.path.insert(0, str(ROOT / "lib"))
    from burnbook import panes

    lines = ["| provider | asked for as | what is read | meters |", "| --- | --- | --- | --- |"]
    for name in panes.providers():
        text = inspect.getdoc(importlib.import_module(f"burnbook.panes.{name}")) or ""
        title, _, source = " ".join(text.split("\n\n")[0].split()).partition(": ")
        meters = ", ".join(f"`{meter}`" for meter in panes.meters(name))
        lines.append(f"| {title} | `{name}` | {source.removesuffix('.')} | {meters} |")
    path = ROOT / "docs" / "providers.md"
    text, count = PROVIDERS.subn(lambda _: "\n".join(lines) + "\n", path.read_text("utf-8"))
    assert count == 1, "docs/providers.md has no table of providers"
    return {path: text}


def performance() -> Files:
    """docs/PERFORMANCE.md with the results of the last `./just bench-table --json`."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    from table import page

    path = ROOT / "docs" / "PERFORMANCE.md"
    text = path.read_text("utf-8")
    for name, part in page.parts().items():
        before, mark, rest = text.partition(f"<!-- {name}, by ./just docs -->\n")
        _, end, after = rest.partition("<!-- end -->")
        assert mark and end, f"docs/PERFORMANCE.md has no marks for {name}"
        text = f"{before}{mark}{part}\n{end}{after}"
    return {path: text}


PARTS: dict[str, Callable[[], Files]] = {
    "reference": reference,
    "schema": schema,
    "readme": readme,
    "sample": sample,
    "jobs": jobs,
    "agents": agents,
    "providers": providers,
    "performance": performance,
}


def settle(files: Files, *, check: bool) -> list[Path]:
    """The files that differ; they are written (or removed) unless `check`."""
    stale = []
    for path, text in files.items():
        here = path.read_text("utf-8") if path.exists() else None
        if here == text:
            continue
        stale.append(path)
        if not check and text is None:
            path.unlink()
        elif not check and text is not None:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
    return stale


def main(arguments: list[str]) -> int:
    """Write or check the parts asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--check", action="store_true", help="write nothing")
    args = parser.parse_args(arguments)
    if unknown := set(args.parts) - set(PARTS):
        parser.error(f"no part is called {unknown.pop()!r}; valid: {', '.join(PARTS)}")
    stale = [
        path for part in args.parts or PARTS for path in settle(PARTS[part](), check=args.check)
    ]
    how = "differs" if args.check else "brought up to date"
    for path in stale:
        print(f"{path.relative_to(ROOT)} {how}")
    return 1 if args.check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
