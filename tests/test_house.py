"""The layout of lib/burnbook: floors, sizes, and the map in CONTRIBUTING.md."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tomli
from frontdoor import ROOT

LIB = ROOT / "lib" / "burnbook"
FAMILIES = {
    "panes",
    "panes/documents",
    "preview/blocks",
    "snapshots/capture_kinds",
    "schedule/formats",
    "report/datasets",
    "live/tabs",
    "engines",
    "query/named",
    "exporters",
}
MODULES = sorted(LIB.rglob("*.py"))
FOLDERS = sorted({path.parent for path in MODULES})


def name_of(path: Path) -> str:
    return path.relative_to(LIB).as_posix()


def lines(path: Path) -> int:
    return path.read_text("utf-8").count("\n")


def lint_imports(project: Path) -> "subprocess.CompletedProcess[str]":
    """Check the import contracts of a project folder that has lib/ and pyproject.toml."""
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=project,
        env={"PYTHONPATH": str(project / "lib"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A scratch copy of what the contracts check."""
    shutil.copytree(ROOT / "lib", tmp_path / "lib", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy2(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_import_points_to_a_lower_floor() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("module", "imported", "contract"),
    [
        ("base/ids.py", "burnbook.usage", "A room imports only rooms on lower floors BROKEN"),
        ("usage/blocks.py", "burnbook.windows.facts", "A room imports only rooms on lower floors"),
        ("times/clock.py", "burnbook.times.cron", "No circle of imports within a room BROKEN"),
    ],
    ids=["up", "same floor", "circle"],
)
def test_a_wrong_import_fails_the_contracts(
    copy: Path, module: str, imported: str, contract: str
) -> None:
    path = copy / "lib" / "burnbook" / module
    path.write_text(f"{path.read_text('utf-8')}\n\nimport {imported}\n", "utf-8")
    result = lint_imports(copy)
    assert result.returncode == 1
    assert contract in result.stdout
    assert imported in result.stdout or "circle" in contract


def test_a_new_room_needs_a_floor(copy: Path) -> None:
    room = copy / "lib" / "burnbook" / "cellar"
    room.mkdir()
    (room / "__init__.py").write_text('"""A room that no contract lists."""\n')
    result = lint_imports(copy)
    assert result.returncode != 0
    assert "cellar" in result.stdout


def test_no_folder_has_more_than_twelve_files() -> None:
    counts = {name_of(folder): len(list(folder.glob("*.py"))) for folder in FOLDERS}
    too_full = {name for name, count in counts.items() if count > 12 and name not in FAMILIES}
    assert too_full == set()


def test_no_file_has_more_than_250_lines() -> None:
    assert {name_of(path) for path in MODULES if lines(path) > 250} == set()


def test_no_command_has_more_than_160_lines() -> None:
    commands = (LIB / "commands").rglob("*.py")
    assert {name_of(path) for path in commands if lines(path) > 160} == set()


def test_only_plugin_families_have_private_modules() -> None:
    private = {path for path in MODULES if re.match(r"_[^_]", path.name)}
    assert {name_of(path.parent) for path in private} <= FAMILIES


def test_the_map_shows_every_room_on_its_floor() -> None:
    settings = tomli.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    floors = {room: len(layers) - at for at, row in enumerate(layers) for room in row.split(" | ")}
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    table = re.findall(r"^\| (\d+) \| `([\w/.]+)` \|", text, re.MULTILINE)
    shown = {room.rstrip("/").removesuffix(".py"): int(floor) for floor, room in table}
    # A folder that is not a separate room, such as commands/book, is listed with its room.
    rooms = {room: floor for room, floor in shown.items() if "/" not in room}
    inner = {room for room in shown if "/" in room}
    assert rooms == floors
    assert inner == {name_of(p) for p in FOLDERS if p != LIB and p.parent != LIB}
    assert all(shown[room] == floors[room.partition("/")[0]] for room in inner)
    assert len(table) == len(shown)


@pytest.mark.parametrize("folder", ["data", "logs"])
def test_books_and_logs_have_a_readme_and_are_ignored(folder: str) -> None:
    assert lines(ROOT / folder / "README.md") <= 5
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert [f"/{folder}/*", f"!/{folder}/README.md"] == [
        line for line in ignored if f"/{folder}/" in line
    ]
