"""The documents: what they show runs, what they list is all there is, what is made is current."""

import json
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from textwrap import dedent
from typing import Any

import msgspec
import pytest
from burnbook import config, errors, panes, records, rows
from burnbook.book import State
from frontdoor import ROOT, House

DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
FENCE = re.compile(r"^( *)```(\w+)(?: ([\w. ]+))?\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
KINDS = (rows.Snapshot, rows.Void, rows.WindowRow, rows.Anomaly, rows.Prompts)
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "null": type(None)}
KEYWORDS = {
    *("$defs", "$ref", "$schema", "additionalProperties", "anyOf", "const", "default", "enum"),
    *("description", "format", "items", "maxLength", "maximum", "minimum", "pattern"),
    *("properties", "propertyNames", "required", "title", "type"),
}
FORMAT = (ROOT / "docs" / "FORMAT.md").read_text("utf-8")
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text("utf-8")
PANE = "5h limit: {}% used (resets 13:10)\nContext window: 50% left (9K used / 18K)\n"


def section(text: str, heading: str) -> str:
    """The text from a heading to the next."""
    [found] = re.findall(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", text, re.M | re.S)
    return str(found)


def documented(heading: str) -> set[str]:
    """The first cells of the tables in a section of FORMAT.md."""
    return set(re.findall(r"^\| `([^`]+)` \|", section(FORMAT, heading), re.MULTILINE))


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A copy of the project as a user has it."""
    house = House(tmp_path_factory.mktemp("docs") / "a clone", ready=True)
    for name in ("bin", "lib", "config", "samples"):
        shutil.copytree(ROOT / name, house.root / name, dirs_exist_ok=True)
    return house


@pytest.fixture(scope="module")
def session(clone: House) -> tuple[Path, dict[str, list[Any]]]:
    """A book in which everything happened once, and what each command printed as JSON."""
    book, told = clone.root / "book", dict[str, list[Any]]()

    def run(line: str, stdin: str = "", code: int = 0) -> None:
        name, *words = line.split()
        command = (f"bin/{name}", *words, "--format=json")
        done = clone.run(*command, stdin=stdin, BURNBOOK_DATA_DIR=str(book), TZ="UTC")
        assert done.returncode == code, done
        _, _, last = f"\n{done.stdout}".rpartition("\n{\n")  # the demo shows its steps first
        told.setdefault(name, []).append(json.loads("{" + last))

    blocks = '{"blocks": [{"isGap": false, "entries": %d}]}'
    run("snapshot start codex --window X1 --at 2026-11-22T09:00 --notes why", PANE.format(72))
    run("snapshot end codex --at 2026-11-22T10:00", PANE.format(80))
    run("undo codex --at 2026-11-22T10:01 --notes stale")
    run("snapshot end codex --at 2026-11-22T10:05", PANE.format(40))
    run("snapshot start claude --window X1 --agent bo --file samples/panes/claude-before.txt")
    run("snapshot start glm --window X1 --agent zoe", blocks % 3)
    run("snapshot cross glm --agent zoe", blocks % 5)
    run("finalize --window X1 --features codex=3,glm=1 --quality 4 --outcome pass")
    run("finalize --window X1 --methodology tdd --commit-start a --commit-end b --notes n")
    with (book / "prompts.jsonl").open("a") as journal:
        journal.write('{"id":"p-')
    run("check", code=1)
    run("snapshot start codex --window X2", PANE.format(1))
    run("preview --window X1")
    run("check")
    run("aliases")
    run("demo")
    return book, told


def test_what_is_generated_is_current() -> None:
    command = [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, ""), f"{done.stdout}run docs/generate.py"


def test_check_names_what_differs_and_writes_nothing(tmp_path: Path) -> None:
    settle = runpy.run_path(str(ROOT / "docs" / "generate.py"))["settle"]
    stale, extra, new = (tmp_path / name for name in ("stale", "extra", "new"))
    stale.write_text("old")
    extra.touch()
    files = {stale: "text", extra: None, new: "text"}
    assert settle(files, check=True) == [stale, extra, new]
    assert (stale.read_text(), extra.exists(), new.exists()) == ("old", True, False)
    assert settle(files, check=False) == [stale, extra, new]
    assert settle(files, check=True) == []


def test_every_script_and_every_recipe_is_in_the_reference() -> None:
    text = (ROOT / "docs" / "reference.md").read_text("utf-8")
    scripts = {f"bin/{path.name}" for path in (ROOT / "bin").iterdir() if path.name[0] not in "_."}
    summary = subprocess.check_output([str(ROOT / "just"), "--summary"], text=True)
    recipes = {f"just {name}" for name in summary.split()}
    assert set(re.findall(r"^### (.+)$", text, re.MULTILINE)) == scripts | recipes


@pytest.mark.parametrize(
    "doc", [path for path in DOCS if "```sh" in path.read_text("utf-8")], ids=lambda path: path.name
)
def test_what_a_document_shows_runs(clone: House, doc: Path, tmp_path: Path) -> None:
    env = clone.environment(BURNBOOK_DATA_DIR=str(tmp_path / "book"), TZ="UTC")
    printed = ""
    for _, language, kind, body in FENCE.findall(doc.read_text("utf-8")):
        if language == "sh":
            how: Any = {"cwd": clone.root, "env": env, "input": "", "capture_output": True}
            done = subprocess.run(["sh", "-euc", dedent(body)], text=True, **how)
            assert done.returncode == 0, f"{body}{done.stdout}{done.stderr}"
            printed = re.sub(r"\b([svwap]-)[0-9a-f]{18}\b", r"\1...", done.stdout)
        elif kind == "output":
            assert printed == dedent(body)


@pytest.mark.parametrize("doc", DOCS, ids=lambda path: path.name)
def test_links_lead_somewhere(doc: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", doc.read_text("utf-8")):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = doc.parent / path if path else doc
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), re.MULTILINE)
            assert anchor in [re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings]


def test_the_readme_has_every_exit_code() -> None:
    codes = {value for name, value in vars(errors).items() if name.isupper()}
    text = section((ROOT / "README.md").read_text("utf-8"), "Exit codes")
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)} == codes


def test_the_snippet_verifies_a_journal(session: tuple[Path, Any], tmp_path: Path) -> None:
    [snippet] = [body for _, language, _, body in FENCE.findall(FORMAT) if language == "python"]
    journals = sorted(session[0].glob("*.jsonl"))
    assert [path.stem for path in journals] == sorted(records.JOURNALS)
    flipped = tmp_path / "flipped"
    flipped.write_bytes(journals[0].read_bytes().replace(b"72.0", b"73.0"))
    for path in [*journals, flipped]:
        done = subprocess.run([sys.executable, "-c", snippet, path], capture_output=True, text=True)
        wanted = (1, "line 1 does not hold\n") if path == flipped else (0, "every row holds\n")
        assert (done.returncode, done.stdout + done.stderr) == wanted


def test_every_row_fits_its_schema(session: tuple[Path, Any]) -> None:
    for name in records.JOURNALS:
        schema = json.loads((ROOT / "docs" / "schema" / f"{name}.json").read_text("utf-8"))
        lines = (session[0] / f"{name}.jsonl").read_text("utf-8").splitlines()
        assert lines
        for row in map(json.loads, lines):
            assert list(misfits(row, schema, schema["$defs"])) == []
            for wrong in ({"crc": "1"}, {"id": 1}, {"schema_version": 2}, {"agent": "a\n"}):
                assert list(misfits(row | wrong, schema, schema["$defs"]))
            row.popitem()
            assert list(misfits(row, schema, schema["$defs"]))


def misfits(value: Any, schema: Any, defs: Any, where: str = "$") -> Iterator[str]:
    """Where a value does not fit a JSON Schema, as far as ours go."""
    assert set(schema) <= KEYWORDS, set(schema) - KEYWORDS
    if "$ref" in schema:
        yield from misfits(value, defs[schema["$ref"].rpartition("/")[2]], defs, where)
    choices = schema.get("anyOf", [])
    if choices and all(list(misfits(value, choice, defs, where)) for choice in choices):
        yield f"{where}: fits none"
    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES.get(kind, int | float)) or isinstance(value, bool)):
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
    assert stamps == {*rows.Row.__struct_fields__, "crc"}
    assert documented("State") == set(State.__struct_fields__)
    for name in records.JOURNALS:
        defs = json.loads((ROOT / "docs" / "schema" / f"{name}.json").read_text("utf-8"))["$defs"]
        for kind in (kind for kind in KINDS if kind.__name__ in defs):
            found = set(fields(defs[kind.__name__], defs))
            assert documented(kind.__name__) == found - stamps


def test_every_word_in_errors_is_documented() -> None:
    lines = re.findall(r"^    ([a-z, -]+?)(?:\[?:meter\]?)?  ", panes.__doc__ or "", re.MULTILINE)
    words = {word for line in lines for word in line.split(", ")}
    assert documented("Words in errors") == words | {"lag-buffer"}


def test_what_an_id_is_made_from_is_documented() -> None:
    told = {
        kind: (prefix, re.findall(r"\w+", about))
        for kind, prefix, about in re.findall(r"^\| (\w+) \| `(\w)` \| (.+) \|$", FORMAT, re.M)
    }
    assert told == {kind.__name__: (records._PREFIX[kind], list(kind.about)) for kind in KINDS}


def test_every_json_key_is_documented_and_no_other(session: tuple[Path, Any]) -> None:
    booking = dict.fromkeys(("snapshot", "undo", "finalize"), "snapshot, undo and finalize")
    for command, outputs in session[1].items():
        known = documented(booking.get(command, command))
        assert {key for output in outputs for key in keys(output, known)} == known, command


def keys(value: Any, known: set[str], path: str = "") -> Iterator[str]:
    """Every key of a JSON value, as FORMAT.md writes it; a row is documented as a row."""
    if isinstance(value, list):
        for item in value:
            yield from keys(item, known, f"{path}[]")
    elif isinstance(value, dict) and path != "booked[].row":
        for key, item in value.items():
            here, any_ = (f"{path}.{name}".lstrip(".") for name in (key, "*"))
            here = any_ if any_ in known else here
            yield here
            yield from keys(item, known, here)


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("windows.toml", config.Windows),
        ("windows.ID", config.Window),
        ("budgets.toml", config.Budget),
        ("agents.toml", config.Agent),
        ("preview.toml", config.Preview),
    ],
)
def test_every_setting_is_documented_with_its_default(heading: str, kind: Any) -> None:
    cells = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", section(CONFIGURATION, heading), re.M)
    words = {"none": "null", "required": '"required"'}
    told = {
        name: json.loads(words.get(cell, cell.strip("`").replace("_", ""))) for name, cell in cells
    }
    found = {field.encode_name: default(field) for field in msgspec.structs.fields(kind)}
    assert told == found


def default(field: msgspec.structs.FieldInfo) -> Any:
    if field.required:
        return "required"
    made = field.default_factory is not msgspec.NODEFAULT
    return json.loads(msgspec.json.encode(field.default_factory() if made else field.default))


def test_shipped_and_documented_settings_are_valid(tmp_path: Path) -> None:
    for _, language, name, body in FENCE.findall(CONFIGURATION):
        if language == "toml":
            (tmp_path / name).write_text(body, "utf-8")
    for folder in (tmp_path, ROOT / "config", ROOT / "samples" / "config"):
        read = config.Config(str(folder))
        assert all((read.windows.windows, read.budgets, read.agents, read.preview.blocks))
