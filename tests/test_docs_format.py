"""FORMAT.md documents every field and every key, and nothing else."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from burnbook import panes
from burnbook.book import codec
from burnbook.book.quarantine import Kept
from burnbook.check import Kind
from burnbook.cost.comparison.figures import Compared, Latency, Retries, Side, Totals
from burnbook.jsonl.follow import Cursor
from burnbook.rows import meters, work
from burnbook.rows.usage import AgentUsage, ProxyRequest
from burnbook.windows.state import State
from chains import sealed
from frontdoor import ROOT, House
from manual import FENCE, FORMAT, clone_in, documented, keys, section
from xxhash import xxh3_64_hexdigest

ALL_KINDS = [
    kind for row_types in codec.JOURNALS.values() for kind in (get_args(row_types) or (row_types,))
]
KINDS = [kind for kind in ALL_KINDS if kind not in (ProxyRequest, AgentUsage)]
TYPES = {
    **{"object": dict, "array": list, "string": str, "integer": int, "boolean": bool},
    "null": type(None),
}
KEYWORDS = {
    *("$defs", "$ref", "$schema", "additionalProperties", "anyOf", "const", "default", "enum"),
    *("description", "format", "items", "maxItems", "maxLength", "maximum", "minItems", "minimum"),
    *("pattern", "properties", "propertyNames", "required", "title", "type"),
}
# Types with their own table in FORMAT.md.
APART = frozenset({"booked[].row", "features[]", "matched_totals", "periods[].row", "totals"})
PANE = "5h limit: {}% used (resets 13:10)\nContext window: 50% left (9K used / 18K)\n"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A copy of the project as a user has it."""
    return clone_in(tmp_path_factory.mktemp("format"))


@pytest.fixture(scope="module")
def session(clone: House) -> tuple[Path, dict[str, list[Any]]]:
    """A book in which everything happened once, and what each command printed as JSON."""
    book, rows = clone.root / "book", dict[str, list[Any]]()

    def run(line: str, stdin: str = "", code: int = 0) -> None:
        name, *words = line.split()
        command = (f"bin/{name}", *words, "--format=json")
        done = clone.run(*command, stdin=stdin, BURNBOOK_DATA_DIR=str(book), TZ="UTC")
        assert done.returncode == code, f"{line}\n{done.stdout}{done.stderr}"
        _, _, last = f"\n{done.stdout}".rpartition("\n{\n")  # the demo shows its steps first
        rows.setdefault(name, []).append(json.loads("{" + last))

    blocks = '{"blocks": [{"isGap": false, "entries": %d}]}'
    run("snapshot start codex --window X1 --at 2026-11-22T09:00 --notes why", PANE.format(72))
    run("snapshot end codex --at 2026-11-22T10:00", PANE.format(80))
    run("undo codex --at 2026-11-22T10:01 --notes stale")
    run("snapshot end codex --at 2026-11-22T10:05", PANE.format(40))
    credits = '{"credits": {"balance": "%d"}, "primary": null}'
    run("snapshot start codex --agent kim --window X1 --at 2026-11-22T09:00", credits % 9)
    run("snapshot end codex --agent kim --window X1 --at 2026-11-22T10:00", credits % 7)
    pane = "--file samples/panes/claude-before.txt"
    run(f"snapshot start claude --window X1 --agent bo --at 2026-11-22T10:05 {pane}")
    run("snapshot start glm --window X1 --agent zoe --at 2026-11-22T10:05", blocks % 3)
    run("snapshot cross glm --agent zoe --at 2026-11-22T10:06", blocks % 5)
    repository(clone.root)
    run("finalize --window X1 --features codex=3,glm=1 --quality 4 --outcome pass")
    run("churn --window X1 --commit-start HEAD --paths lib")
    run("finalize --window X1 --methodology tdd --commit-start a --commit-end b --notes n")
    with (book / "prompts.jsonl").open("a") as journal:
        journal.write('{"id":"p-')
    run("check", code=1)
    with (book / "windows.jsonl").open("a") as journal:
        journal.write("{}\n")
    snapshots = book / "snapshots.jsonl"
    changed = snapshots.read_bytes().replace(b'"notes":"why"', b'"notes":"how"')
    snapshots.write_bytes(b"".join(map(sealed, changed.splitlines(keepends=True))))
    run("repair", code=1)
    run("repair --yes")
    run("doctor")
    run("snapshot start codex --window X2 --at 2026-11-22T10:06", PANE.format(1))
    run("ingest proxy-telemetry --window X1 --file samples/telemetry/addon.jsonl")
    run("ingest proxy-telemetry --window X1 --file samples/telemetry/usage.jsonl")
    run("ingest proxy-telemetry --window X1 --stdin", "oops\n", code=65)
    run("checkpoint X1 --at 2026-11-22T10:06")
    run("checkpoint X1 --at 2026-11-22T10:07 --actual 7 --task t --notes n")
    run("checkpoint X1 --at 2026-11-22T10:07 --actual 8 --task t --notes n")
    evidence = "evidence --window X1 --capability c --run r --runner t --artifact just"
    run(f"{evidence} --result fail")
    run(f"{evidence} --result pass --notes n")
    run("decide --window X1")
    run(f"experiment new one --question Q --metric pass --effect 90% {'--arm a --arm b'}")
    for number in range(12):
        run(f"experiment assign one F-{number}")
        run(f"experiment record one F-{number} --value pass --used a --notes n")
    run("experiment record one F-0 --value fail")
    run("experiment record one F-1 --withdraw --notes n")
    run("experiment assign one F-12")
    scale = "--metric quality --range 1..3 --effect 1 --spread 0.6"
    run(f"experiment new two --question Q {scale} --arm a --arm b")
    run("experiment assign two X2")
    run("finalize --window X2 --quality 4")
    run("experiment report")
    run("audit --all")
    run("bundle X1")
    run("ingest claude --file samples/agents/claude.jsonl")
    run("ingest claude --file samples/agents/claude-later.jsonl")
    projects = clone.root / "home" / ".claude" / "projects" / "p"
    projects.mkdir(parents=True)
    shutil.copy(clone.root / "samples" / "agents" / "claude.jsonl", projects)
    (clone.root / "home" / ".qwen").mkdir()
    run("ingest")
    run("ingest qwen")
    run("doctor sources")
    run("import ccusage --file samples/ccusage/daily.json")
    run("import ccusage --list")
    run("import ccusage --compare")
    run("import tracker samples/tracker")
    line = (clone.root / "samples" / "agents" / "statusline.json").read_text()
    run("statusline --at 2026-11-22T14:00", line)
    run("cost-compare --window X1")
    run("cost-compare --window X1 --cost reported")
    run("usage")
    run("usage blocks")
    rollout = (
        '{"timestamp": "2026-11-22T09:00:00Z", "payload": {"type": "token_count", "rate_limits": '
    )
    run("ingest codex --stdin", f"{rollout}{credits % 9}}}}}\n")
    run("usage account")
    for part in ("agent", "project", "account", "hour"):
        run(f"usage --by {part}")
    run("prices")
    run("snapshot start codex --window X3 --at 2026-11-23T09:00", PANE.format(10))
    run("snapshot end codex --window X3 --at 2026-11-23T10:00", PANE.format(20))
    request = '{"ts":"2026-11-23T09:30:00Z","rid":"r","lane":"glm","model":"m","status":200,%s}\n'
    tokens = '"input_tokens":9000,"output_tokens":1000,"latency_ms":5'
    run("ingest proxy-telemetry --window X3 --stdin", request % tokens)
    (clone.root / "config" / "budgets.toml").write_text(
        "[budgets.default]\ntarget_tokens = 200_000\n"
        '[budgets.mine]\nper = "day"\nunit = "usd"\ntarget = 20\n'
        "[stop.weekly]\nwindow_minutes = 10_080\nused_percent_at_least = 90\n"
        '[notify]\ncommand = ["true"]\nmeters = [0.2]\n'
    )
    run("budget --window X3 --at 2026-11-23T11:00")
    run("scoreboard")
    run("windows")
    night = clone.root / "night"
    night.mkdir()
    (night / "agents.toml").write_text(
        '[agents.main]\nprovider = "codex"\ncapture = ["cat", "pane"]\n'
        '[agents.zoe]\nprovider = "glm"\ncapture = ["false"]\n'
    )
    # The pane's year supports a moment so far ahead.
    (clone.root / "pane").write_text("5h limit: 1% used (resets 05:00 on 1 Jan 2900)\n")
    for time in ("00:03", "00:06", "00:11"):
        run(f"reset --config-dir night --at 2900-01-01T{time}", code=74)
    run("preview --window X1")
    run("check")
    run("aliases")
    clone.program(
        "crontab", '#!/bin/sh\ncase $1 in -l) cat "$HOME/tab";; -) cat >"$HOME/tab";; esac\n'
    )
    (clone.root / "home" / "tab").write_text("MAILTO=ada\n")
    (clone.root / "config" / "schedules.toml").write_text(
        '[jobs.x]\ncron = "@daily"\nrecipe = "check"\n[captures.x]\nargv = ["echo", "[1]"]\n'
    )
    run("schedule install")
    run("schedule remove")
    run("capture x")
    run("timer --window X1")
    run("export")
    run("export openmetrics x.prom")
    run("export otlp x.jsonl")
    run("backup book.tar.zst")
    run("restore book.tar.zst --list")
    run("restore book.tar.zst --into copy")
    run("forget --project /home/ada/api --text stale --yes")
    run("demo")
    return book, rows


def test_the_snippet_verifies_a_journal(session: tuple[Path, Any], tmp_path: Path) -> None:
    [snippet] = [body for _, language, _, body in FENCE.findall(FORMAT) if language == "python"]
    journals = sorted(session[0].glob("*.jsonl"))
    assert [path.stem for path in journals] == sorted(codec.JOURNALS)
    flipped = tmp_path / "flipped"
    snapshots = (session[0] / "snapshots.jsonl").read_bytes()
    flipped.write_bytes(snapshots.replace(b"72.0", b"73.0"))
    for path in [*journals, flipped]:
        done = subprocess.run([sys.executable, "-c", snippet, path], capture_output=True, text=True)
        wanted = (1, "line 1 is corrupt\n") if path == flipped else (0, "every row is valid\n")
        assert (done.returncode, done.stdout + done.stderr) == wanted


def test_every_row_fits_its_schema(session: tuple[Path, Any]) -> None:
    for name in codec.JOURNALS:
        schema = json.loads((ROOT / "docs" / "schema" / f"{name}.json").read_text("utf-8"))
        lines = (session[0] / f"{name}.jsonl").read_text("utf-8").splitlines()
        assert lines
        for row in map(json.loads, lines):
            assert list(misfits(row, schema, schema["$defs"])) == []
            for wrong in ({"crc": "1"}, {"id": 1}, {"schema_version": 3}, {"agent": "a\n"}):
                assert list(misfits(row | wrong, schema, schema["$defs"]))
            row.popitem()
            assert list(misfits(row, schema, schema["$defs"]))


def repository(folder: Path) -> None:
    """Make the folder a repository with one commit."""
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    for words in (("init", "--quiet"), (*who, "commit", "--quiet", "--allow-empty", "-m", "first")):
        subprocess.run(["git", "-C", folder, *words], check=True)


def misfits(value: Any, schema: Any, defs: Any, where: str = "$") -> Iterator[str]:
    """The path at which a value does not match a JSON Schema, for the features that ours use."""
    assert set(schema) <= KEYWORDS, set(schema) - KEYWORDS
    if "$ref" in schema:
        yield from misfits(value, defs[schema["$ref"].rpartition("/")[2]], defs, where)
    choices = schema.get("anyOf", [])
    if choices and all(list(misfits(value, choice, defs, where)) for choice in choices):
        yield f"{where}: fits none"
    kind = schema.get("type")
    if kind and (
        not isinstance(value, TYPES.get(kind, int | float))
        or (kind != "boolean") == isinstance(value, bool)
    ):
        yield f"{where}: is no {kind}"
        return
    if value not in schema.get("enum", [value]) or value != schema.get("const", value):
        yield f"{where}: is another value"
    if isinstance(value, str):
        if not re.search(schema.get("pattern", "").replace("$", r"\Z"), value):
            yield f"{where}: is against the pattern"
        if schema.get("format") == "date-time":
            assert datetime.fromisoformat(value).tzinfo
    elif isinstance(value, int | float):
        if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
            yield f"{where}: is out of range"
    elif isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            yield f"{where}: has too few or too many items"
        for item in value:
            yield from misfits(item, schema.get("items", {}), defs, f"{where}[]")
    elif isinstance(value, dict):
        yield from (f"{where}.{key}: missing" for key in {*schema.get("required", [])} - {*value})
        for key, item in value.items():
            other = schema.get("additionalProperties", {})
            known = schema.get("properties", {}).get(key, other)
            yield from misfits(key, schema.get("propertyNames", {}), defs, f"{where}.{key}")
            yield from misfits(item, known, defs, f"{where}.{key}")


def fields(schema: Any, defs: Any, path: str = "") -> Iterator[str]:
    """Every field that a schema knows, as FORMAT.md writes it."""
    for choice in schema.get("anyOf", []):
        yield from fields(choice, defs, path)
    if "$ref" in schema:
        yield from fields(defs[schema["$ref"].rpartition("/")[2]], defs, path)
    if "items" in schema:
        yield from fields(schema["items"], defs, f"{path}[]")
    inner = dict(schema.get("properties", {}))
    if "additionalProperties" in schema:
        inner["*"] = schema["additionalProperties"]
    for key, item in inner.items():
        here = f"{path}.{key}".lstrip(".")
        yield here
        yield from fields(item, defs, here)


def test_every_field_is_documented_and_no_other() -> None:
    stamps = documented("Stamps")
    assert stamps == {*meters.Row.__struct_fields__, "chain", "crc"}
    assert documented("State") == set(State.__struct_fields__)
    for name in codec.JOURNALS:
        defs = json.loads((ROOT / "docs" / "schema" / f"{name}.json").read_text("utf-8"))["$defs"]
        for kind in (kind for kind in ALL_KINDS if kind.__name__ in defs):
            names = set(fields(defs[kind.__name__], defs))
            names = {name for name in names if not name.startswith("chain.")}
            assert documented(kind.__name__) == names - stamps


def test_every_word_in_errors_is_documented() -> None:
    lines = re.findall(r"^    ([a-z, -]+?)(?:\[?:meter\]?)?  ", panes.__doc__ or "", re.MULTILINE)
    words = {word for line in lines for word in line.split(", ")}
    assert documented("Words in errors") == words | {"lag-buffer"}


def test_the_content_of_ids_is_documented() -> None:
    fields = {
        kind: (prefix, re.findall(r"\w+", about))
        for kind, prefix, about in re.findall(r"^\| (\w+) \| `(\w)` \| (.+) \|$", FORMAT, re.M)
    }
    assert fields == {kind.__name__: (codec._PREFIX[kind], list(kind.about)) for kind in KINDS}


def test_the_ids_of_telemetry_are_as_documented(session: tuple[Path, Any]) -> None:
    for line in (session[0] / "proxy_telemetry.jsonl").read_bytes().splitlines():
        key = line[line.index(b'"ts":') : line.index(b',"routed":')]
        assert json.loads(line)["id"] == f"t-{xxh3_64_hexdigest(key)}"
    [line] = (session[0] / "rejects" / "proxy-telemetry.jsonl").read_bytes().splitlines()
    assert json.loads(line)["id"] == f"r-{xxh3_64_hexdigest(b'oops')}"


def test_the_ids_of_requests_are_as_documented(session: tuple[Path, Any]) -> None:
    first, other, later = map(json.loads, (session[0] / "agent_usage.jsonl").open())
    assert (
        first["id"]
        == f"u-{xxh3_64_hexdigest(b'claude' + bytes(1) + b'msg_01A' + bytes(1) + b'req_011A')}"
    )
    assert (later["first"], later["supersedes"]) == (other["id"], other["id"])
    key = f"{other['id']}\0{later['revision']}\0{later['input_tokens'] + later['output_tokens']}"
    assert later["id"] == f"u-{xxh3_64_hexdigest(key.encode())}"


def test_every_json_key_is_documented_and_no_other(session: tuple[Path, Any]) -> None:
    writers = ("snapshot", "undo", "finalize", "churn", "evidence")
    booking = dict.fromkeys(writers, "snapshot, undo, finalize, churn and evidence")
    for command, outputs in session[1].items():
        known = documented(booking.get(command, command))
        assert {key for output in outputs for key in keys(output, known, APART)} == known, command


def test_formats_without_a_schema_are_documented() -> None:
    stamps = documented("Stamps")
    assert documented("Reject") == {*work.Reject.__struct_fields__} - stamps
    assert documented("Cursor") == set(Cursor.__struct_fields__)
    assert documented("Kept") == set(Kept.__struct_fields__)
    assert get_args(Kind)
    assert {kind for kind in get_args(Kind) if kind not in words("check")} == set()


def words(heading: str) -> set[str]:
    """The words in the first column of a section's tables that are not in quotes."""
    matches = re.findall(r"^\| ([a-z][a-z, -]*) \|", section(FORMAT, heading), re.MULTILINE)
    return {word for cell in matches for word in cell.split(", ")}


def test_a_comparison_is_documented() -> None:
    latency = {f"latency_ms.{name}" for name in Latency.__struct_fields__}
    assert documented("Side of a comparison") == {*Side.__struct_fields__, *latency}
    both = {*Compared.__struct_fields__, *Totals.__struct_fields__}
    retries = {f"retries.{name}" for name in Retries.__struct_fields__}
    assert documented("Comparison") == both | retries | {f"delta_{name}" for name in latency}
