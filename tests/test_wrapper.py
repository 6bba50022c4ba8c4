"""`./just`: the set-up of a fresh clone, and a sentence for each way in which it fails."""

import os
import signal
import time
from pathlib import Path

import pytest
from frontdoor import BASE, House

NEW = "case $* in *version_info*) echo True ;; esac\n"  # the output of a new enough Python


@pytest.fixture
def fresh(tmp_path: Path) -> House:
    return House(tmp_path / "a clone", ready=False)


@pytest.fixture
def ready(tmp_path: Path) -> House:
    return House(tmp_path / "a clone", ready=True)


def sentence(house: House, code: int, **extra: str) -> str:
    """The one line that `./just` prints when it stops with this code."""
    done = house.run("just", "--summary", **extra)
    assert (done.returncode, done.stdout) == (code, ""), done
    lines = [line for line in done.stderr.splitlines() if "setting up" not in line]
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("just: ")
    return lines[0]


def test_two_starts_on_a_fresh_clone_are_both_served_by_one_set_up(fresh: House) -> None:
    both = [fresh.start("just", "preview", cwd=Path("/")) for _ in range(2)]
    ends = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], ends
    lines = [line for _, err in ends for line in err.splitlines()]
    assert lines.count("just: setting up .venv (once)") == 1
    assert fresh.run("just", "preview").stderr == ""
    assert list(fresh.root.glob("lib/burnbook/__pycache__/*.pyc"))
    assert list(fresh.root.glob("bin/__pycache__/_lib.*.pyc"))


def test_an_interrupted_set_up_is_finished_by_the_next_start(fresh: House) -> None:
    process = fresh.start("just", "preview")
    while process.poll() is None and not (fresh.root / ".venv" / "bin" / "pip").exists():
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert not (fresh.root / ".venv" / "requirements.lock").exists()
    assert fresh.run("just", "preview").returncode == 0


def test_an_old_python_is_named(fresh: House) -> None:
    for name in ("python3", *(f"python3.{minor}" for minor in range(11, 15))):
        fresh.program(name, "#!/bin/sh\nexit 1\n")
    assert "3.11 or later" in sentence(fresh, 78)
    assert "/no/such thing" in sentence(fresh, 78, BURNBOOK_PYTHON="/no/such thing")
    assert not (fresh.root / ".venv").exists()


PRETENDERS = {
    "true": None,
    "false": None,
    "cat": None,
    "echo": None,
    "silent": "#!/bin/sh\n",
    "talking": "#!/bin/sh\necho 3.13\n",
    "old": "#!/bin/sh\necho False\n",
    "garbage": "\x7fELF",
    "sets up nothing": f"#!/bin/sh\n{NEW}",
}


@pytest.mark.parametrize("name", PRETENDERS)
def test_a_program_that_is_not_python_is_reported(fresh: House, name: str) -> None:
    text = PRETENDERS[name]
    path = fresh.program(name, text) if text else Path("/bin", name)
    assert str(path) in sentence(fresh, 78, BURNBOOK_PYTHON=str(path))
    assert not (fresh.root / ".venv").exists()


def test_a_folder_and_a_file_that_cannot_run_are_no_python(fresh: House) -> None:
    (fresh.root / "plain").touch()
    for path in (fresh.root / "lib", fresh.root / "plain"):
        assert str(path) in sentence(fresh, 78, BURNBOOK_PYTHON=str(path))


def test_an_empty_name_of_a_python_is_none(fresh: House) -> None:
    for name in ("python3", *(f"python3.{minor}" for minor in range(11, 15))):
        fresh.program(name, "#!/bin/sh\nexit 1\n")
    assert "python3 on PATH is not" in sentence(fresh, 78, BURNBOOK_PYTHON="")


def test_a_missing_venv_module_is_named_with_its_package(fresh: House) -> None:
    hide = 'import runpy, sys; sys.modules["ensurepip"] = None; sys.argv = sys.argv[1:]; '
    hide += 'runpy.run_path(sys.argv[0], run_name="__main__")'
    program = f"#!/bin/sh\ncase $* in *_setup.py) exec '{BASE}' -I -c '{hide}' \"$2\" ;; esac\n"
    python = fresh.program("python", f"{program}case $* in *ensurepip*) exit 1 ;; esac\n{NEW}")
    message = sentence(fresh, 78, BURNBOOK_PYTHON=str(python))
    assert "no module ensurepip" in message
    assert "-venv" in message


def test_pip_gives_its_reason(fresh: House) -> None:
    message = sentence(fresh, 74, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(fresh.root))
    assert "pip could not install requirements.lock: ERROR: No matching distribution" in message
    assert not (fresh.root / ".venv" / "requirements.lock").exists()


def test_a_folder_that_cannot_be_written_is_named(fresh: House) -> None:
    (fresh.root / ".venv.lock").mkdir()
    assert str(fresh.root) in sentence(fresh, 74)


@pytest.mark.parametrize("what", ["other lock", "older lock", "no python", "no just"])
def test_a_venv_of_another_python_is_created_again(ready: House, what: str) -> None:
    python = ready.program("python", f"#!/bin/sh\ncase $* in *_setup.py) exit 33 ;; esac\n{NEW}")
    assert ready.run("just", "--summary", BURNBOOK_PYTHON=str(python)).returncode == 0
    lock = ready.root / "requirements.lock"
    if what == "other lock":
        lock.write_text(lock.read_text() + "# changed\n")
    elif what == "older lock":
        os.utime(lock, (1, 1))
    elif what == "no python":
        (ready.root / ".venv" / "bin" / "python").unlink()
        (ready.root / ".venv" / "bin" / "python").symlink_to("/no/such/python")
    else:
        (ready.root / ".venv" / "bin" / "just").unlink()
    assert ready.run("just", "--summary", BURNBOOK_PYTHON=str(python)).returncode == 33


def test_a_touched_lock_file_with_the_same_text_is_read_once(ready: House) -> None:
    os.utime(ready.root / "requirements.lock", (1, 1))
    assert ready.run("just", "preview").returncode == 0
    python = ready.program("python", "#!/bin/sh\nexit 33\n")
    assert ready.run("just", "preview", BURNBOOK_PYTHON=str(python)).returncode == 0


def test_the_wrapper_works_through_links_from_anywhere(ready: House, tmp_path: Path) -> None:
    (tmp_path / "first").symlink_to(ready.root / "just")
    (tmp_path / "second").symlink_to("first")
    [call] = ready.calls(str(tmp_path / "second"), "preview", cwd=tmp_path)
    assert call["folder"] == str(tmp_path)
