"""Completions in the shells themselves, and the recipes that they know."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import terminal
from burnbook.completions import install
from burnbook.completions.recipes import recipes
from conftest import Shell
from frontdoor import ROOT
from test_recipes import justfile, ways

WINDOWS = '[windows."W0-CHN"]\ntitle = "Automation pack"\n[windows."W1-OTR"]\n'
# What is typed before Tab, and the whole line after it.
TYPED = (
    ("bin/preview W1", "bin/preview W1-OTR"),
    ("bin/preview --window W0", "bin/preview --window W0-CHN"),
    ("bin/preview --window=W0", "bin/preview --window=W0-CHN"),
    ("just usa", "just usage"),
    ("./just usage mon", "./just usage monthly"),
    ("bin/report --out pyproj", "bin/report --out pyproject.toml"),
)
# Begins the line with `echo`, runs it, and exits.
KEYS = "\x01echo \rexit\r"


@pytest.fixture(name="home")
def home_fixture(tmp_path: Path) -> dict[str, str]:
    """The environment of a person whose config has two windows, and no book yet."""
    config = tmp_path / "config"
    config.mkdir()
    (config / "windows.toml").write_text(f'timezone = "UTC"\n{WINDOWS}', "utf-8")
    return {
        "HOME": str(tmp_path),
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "BURNBOOK_DATA_DIR": str(tmp_path / "book"),
        "BURNBOOK_CONFIG_DIR": str(config),
    }


def needs(shell: str) -> None:
    if shutil.which(shell, path="/usr/bin:/bin") is None:
        pytest.skip(f"{shell} is not installed, so its completions are not tried")


@pytest.mark.parametrize(("typed", "whole"), TYPED)
def test_bash_completes(home: dict[str, str], typed: str, whole: str) -> None:
    needs("bash")
    start = Path(home["HOME"], "rc")
    start.write_text(f'PS1="ready$ "\ncd {ROOT}\n. <(bin/completions bash)\n', "utf-8")
    command = ["/bin/bash", "--noprofile", "--rcfile", str(start), "-i"]
    seen = terminal.run(command, home, 100, prompt="ready$ ", keys=f"{typed}\t{KEYS}")
    assert whole in [line.strip() for line in seen.lines], seen.lines


@pytest.mark.parametrize(("typed", "whole"), TYPED)
def test_zsh_completes(home: dict[str, str], typed: str, whole: str) -> None:
    needs("zsh")
    run(home, "zsh", "--install")
    folder = Path(home["HOME"], ".local", "share", "zsh", "site-functions")
    Path(home["HOME"], ".zshrc").write_text(
        f"cd {ROOT}\nfpath=({folder} $fpath)\nautoload -Uz compinit && compinit -u -D\n"
        'bindkey -e\nPS1="ready$ "\n',
        "utf-8",
    )
    command = ["zsh", "-o", "no_global_rcs", "-i"]
    seen = terminal.run(command, home, 100, prompt="ready$ ", keys=f"{typed}\t{KEYS}")
    assert whole in [line.strip() for line in seen.lines], seen.lines


@pytest.mark.parametrize(("typed", "whole"), TYPED)
def test_fish_completes(home: dict[str, str], typed: str, whole: str) -> None:
    needs("fish")
    run(home, "fish", "--install")
    question = ["fish", "-c", f"complete -C '{typed}'"]
    done = subprocess.run(question, cwd=ROOT, env=home, capture_output=True, text=True, check=True)
    found = [line.partition("\t")[0] for line in done.stdout.splitlines()]
    assert found == [whole.rpartition(" ")[2]], done


def run(home: dict[str, str], *words: str) -> str:
    command = [str(ROOT / "bin" / "completions"), *words]
    return subprocess.run(command, env=home, capture_output=True, text=True, check=True).stdout


def test_bash_leaves_another_program_of_the_same_name_alone(home: dict[str, str]) -> None:
    needs("bash")
    path = Path(home["HOME"], "import")
    path.write_text("#!/bin/sh\n", "utf-8")
    path.chmod(0o755)
    system = Path(home["HOME"], "system", "bash-completion", "completions")
    system.mkdir(parents=True)
    (system / "import").write_text("complete -W 'picture.png' import\n", "utf-8")
    script = f". <({ROOT}/bin/completions bash); COMP_WORDS=(import ''); COMP_CWORD=1\n"
    script += "_burnbook import; echo $?; complete -p import"
    environment = {**home, "PATH": f"{home['HOME']}:/usr/bin:/bin"}
    environment["XDG_DATA_DIRS"] = str(system.parent.parent)
    done = subprocess.run(
        ["bash", "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("124\ncomplete -W 'picture.png' import\n", "")


def test_install_leaves_files_of_others_alone(home: dict[str, str]) -> None:
    folder = Path(home["HOME"], ".local", "share", "bash-completion", "completions")
    folder.mkdir(parents=True)
    (folder / "just").write_text("# mine\n", "utf-8")
    run(home, "bash", "--install")
    assert (folder / "just").read_text("utf-8") == "# mine\n"
    assert os.readlink(folder / "preview") == "burnbook"
    assert {path.name for path in folder.iterdir()} == {"burnbook", *install.commands()}
    run(home, "--remove")
    assert [path.name for path in folder.iterdir()] == ["just"]


def test_a_file_of_another_program_is_not_replaced(shell: Shell, tmp_path: Path) -> None:
    shell.environment["HOME"] = str(tmp_path)
    path = tmp_path / ".config" / "fish" / "conf.d" / "burnbook.fish"
    path.parent.mkdir(parents=True)
    path.write_text("# mine\n", "utf-8")
    done = shell.run("completions", "fish", "--install")
    assert (done.returncode, path.read_text("utf-8")) == (74, "# mine\n")
    assert "is not a file of burnbook; move it away" in done.stderr
    assert "no completions are installed" in shell.ok("completions", "--remove")


def test_the_recipes_are_those_of_just() -> None:
    known = {each.name: each for each in recipes(str(ROOT))}
    assert set(known) == set(justfile())
    calls = {name: list(each.call) for name, each in known.items() if each.call}
    assert calls == ways()
    assert all(each.doc for each in known.values())
