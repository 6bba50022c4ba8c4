"""`bin/NAME`: runs under .venv from anywhere, with no code but ours, arguments untouched."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from frontdoor import BASE, HOSTILE, ROOT, House


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("launcher") / "a clone", ready=True)


def test_arguments_stdin_and_folder_arrive_unchanged(house: House, tmp_path: Path) -> None:
    [call] = house.calls("bin/preview", *HOSTILE, stdin="a\n\n b", cwd=tmp_path)
    assert (call["argv"], call["stdin"], call["folder"]) == (HOSTILE, "a\n\n b", str(tmp_path))


def test_a_chain_of_links_leads_to_the_script(house: House, tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to(house.root / "bin" / "preview")
    (tmp_path / "two").symlink_to("one")
    [call] = house.calls(str(tmp_path / "two"), "x", cwd=tmp_path)
    assert (call["argv"], call["name"]) == (["x"], str(house.root / "bin" / "preview"))


def test_any_python_runs_the_same_code(house: House) -> None:
    calls = []
    for python in (BASE, str(house.root / ".venv" / "bin" / "python")):
        calls += house.calls(python, str(house.root / "bin" / "preview"), *HOSTILE, stdin="x")
    calls += house.calls("bin/preview", *HOSTILE, stdin="x")
    assert calls[0] == calls[1] == calls[2]


def test_code_planted_by_the_environment_does_not_run(house: House, tmp_path: Path) -> None:
    for name in ("sitecustomize", "usercustomize", "json", "argparse", "msgspec", "_lib"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('planted')\n")
    plants = {"PYTHONPATH": str(tmp_path), "PYTHONSTARTUP": str(tmp_path / "json.py")}
    [call] = house.calls("bin/preview", cwd=tmp_path, PYTHONINSPECT="1", **plants)
    assert str(tmp_path) not in call["path"]


def test_without_a_venv_it_says_what_to_do(house: House) -> None:
    (house.root / ".venv").rename(house.root / "away")
    try:
        ways = [("bin/preview",), (BASE, str(house.root / "bin" / "preview"))]
        for done in [house.run(*way) for way in ways]:
            assert (done.returncode, done.stdout) == (78, "")
            cure = "run ./just there once to set it up"
            assert done.stderr == f"preview: no .venv in {house.root} yet; {cure}\n"
    finally:
        (house.root / "away").rename(house.root / ".venv")


def test_a_venv_of_another_python_does_not_go_round_in_circles(house: House) -> None:
    lib = next((house.root / ".venv" / "lib").glob("python3.*"))
    lib.rename(lib.with_name("python3.0"))
    try:
        for way in [("bin/preview",), (BASE, str(house.root / "bin" / "preview"))]:
            done = house.run(*way)
            assert done.returncode == 78
            assert done.stderr.startswith("preview: the .venv in ")
    finally:
        lib.with_name("python3.0").rename(lib)


def test_the_launcher_can_be_read_by_an_old_python() -> None:
    """Nothing newer than Python 2.7, but for what cannot be checked without one."""
    import ast

    tree = ast.parse((ROOT / "bin" / "_lib.py").read_text(), feature_version=(3, 4))
    newer = (ast.JoinedStr, ast.AnnAssign, ast.Starred, ast.FunctionDef, ast.NamedExpr)
    assert not [node for node in ast.walk(tree) if isinstance(node, newer)]


def test_importing_it_elsewhere_changes_no_program(tmp_path: Path) -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT / 'bin')!r}); import _lib; print(sys.path[0])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.stdout.strip() == str(ROOT / "lib")


def test_every_script_has_the_same_first_line_and_may_be_run() -> None:
    scripts = [path for path in (ROOT / "bin").iterdir() if path.name[0] not in "_."]
    firsts = {path.read_text().splitlines()[0] for path in scripts}
    assert len(firsts) == 1
    assert len(firsts.pop()) < 127  # what older kernels read of it
    assert [path.name for path in scripts if not os.access(path, os.X_OK)] == []
    assert [path.name for path in scripts if "\nimport _lib" not in path.read_text()] == []
