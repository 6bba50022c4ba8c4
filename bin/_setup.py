"""Set up .venv from requirements.lock; `_setup.py dev` adds .venv/dev from requirements-dev.lock.

`_setup.py NAME` adds .venv/NAME in the same way, from requirements-NAME.lock, for the commands and
recipes that need more packages.
`_setup.py exporter NAME` adds the packages of one exporter, if it needs any, and `_setup.py engine
FLAGS` those of the engine that the flags of `query` or `sql` select.

Run by `just` (the wrapper) with any Python 3.11 or later, so: standard library only. Safe when
started twice at once, and after an interruption: the stamp, a copy of the lock file, is written
last, and without it the folder is made anew. Tools for tests live in .venv/dev, so that the scripts
under test see the packages of a user's .venv and no more.
"""

import compileall
import contextlib
import fcntl
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
# The real file, no link or shim: when an upgrade removes it, the wrapper sees that .venv is broken.
BASE = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
# Packages without wheels. They are built with the tools of the same lock alone.
SOURCES = ("pyspark",)
# Settings that would install elsewhere or more; pip's index, proxy and certificates stay in force.
DIVERSIONS = {f"PIP_{name}" for name in ("CONSTRAINT", "PREFIX", "ROOT", "TARGET", "USER")}


class Fault(Exception):
    """The set-up failed: the message and the exit code."""


def say(text: str) -> None:
    """Print one line of progress."""
    print(f"just: {text}", file=sys.stderr, flush=True)


def run(what: str, *command: str) -> None:
    """Run a command quietly; when it fails, its last ERROR or line is the reason."""
    env = {name: value for name, value in os.environ.items() if name not in DIVERSIONS}
    done = subprocess.run(command, env=env, input="", capture_output=True, text=True)
    if done.returncode:
        lines = (done.stdout + done.stderr).strip().splitlines() or [f"exit {done.returncode}"]
        reasons = [line for line in lines if line.startswith("ERROR")]
        raise Fault(f"{what}: {(reasons or lines)[-1]}", 74)


def site_packages(venv: Path) -> Path:
    """Return where a venv of this Python keeps its packages."""
    return venv / "lib" / f"python{VERSION}" / "site-packages"


def ready(venv: Path, lock: Path) -> bool:
    """Return whether the venv was made from this lock; if so, its stamp gets the lock's time."""
    stamp = venv / lock.name
    programs = ["python", "just"] if venv == VENV else ["python"]
    if not all(os.access(venv / "bin" / program, os.X_OK) for program in programs):
        return False
    if not stamp.is_file() or stamp.read_bytes() != lock.read_bytes():
        return False
    with contextlib.suppress(OSError):  # on a read-only disk each start checks again
        shutil.copystat(lock, stamp)
    return True


def build(venv: Path, lock: Path) -> None:
    """Make the venv from nothing and stamp it."""
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            cure = f"on Debian and Ubuntu install the package python{VERSION}-venv"
            raise Fault(f"Python {VERSION} ({BASE}) has no module {module}; {cure}", 78)
    if venv.is_symlink() or venv.is_file():
        venv.unlink()
    elif venv.exists():
        shutil.rmtree(venv)
    # The pip of .venv installs into every venv, because installing pip takes several seconds.
    own = [] if venv == VENV else ["--without-pip"]
    run(f"{BASE} could not make {venv}", BASE, "-I", "-m", "venv", *own, str(venv))
    # Wheels only: building a package would run code without a hash in the lock. For one of SOURCES,
    # pip first installs the wheels of its lock, and then builds it with these alone.
    python = str(venv / "bin" / "python")
    pip = [str(VENV / "bin" / "python"), "-I", "-m", "pip", "--python", python, "install"]
    pip += ["--quiet", "--no-input", "--disable-pip-version-check", "--no-compile"]
    pip += ["--require-hashes", "--no-deps"]
    what = f"pip could not install {lock.name}"
    wheels = [block for block in blocks(lock) if not block.startswith(SOURCES)]
    if len(wheels) == len(blocks(lock)):
        run(what, *pip, "--only-binary", ":all:", "-r", str(lock))
    else:
        first = venv / "wheels.txt"
        first.write_text("".join(wheels))
        run(what, *pip, "--only-binary", ":all:", "-r", str(first))
        names = ",".join(SOURCES)
        offline = ["--no-build-isolation", "--only-binary", ":all:", "--no-binary", names]
        run(what, *pip, *offline, "-r", str(lock))
    # setuptools' hook would run at each start of this Python.
    (site_packages(venv) / "distutils-precedence.pth").unlink(missing_ok=True)
    compile_all(site_packages(venv))
    if venv == VENV:
        compile_all(ROOT / "lib")
        compileall.compile_file(ROOT / "bin" / "_lib.py", quiet=2)
    else:
        packages = os.path.relpath(site_packages(VENV), site_packages(venv))
        (site_packages(venv) / "burnbook.pth").write_text(packages + "\n")
    shutil.copy2(lock, venv / lock.name)


def compile_all(folder: Path) -> None:
    """Compile a folder on every core. It happens now because some places forbid it later."""
    try:
        compileall.compile_dir(folder, quiet=2, workers=0)
    except OSError:  # no semaphores
        compileall.compile_dir(folder, quiet=2)


def blocks(lock: Path) -> list[str]:
    """Return the requirements of a lock file, each with its hashes."""
    return re.findall(r"^\S.*\n(?:[ \t].*\n)*", lock.read_text("utf-8"), re.MULTILINE)


def engine_extra(flags: str) -> list[str]:
    """Return the extra of the engine that flags of `query` or `sql` select; sqlite has none."""
    selected = re.findall(r"--engine[= ](\w+)", flags)
    engine = selected[-1] if selected else "duckdb" if re.search(r"--from\b", flags) else "sqlite"
    return {"duckdb": ["query"], "spark": ["spark"]}.get(engine, [])


def exporter_extra(names: list[str]) -> list[str]:
    """Return the extra of an exporter: its line EXTRA. An unknown name has none."""
    for path in (ROOT / "lib" / "burnbook" / "exporters").glob("*.py"):
        if [path.stem] == names:
            return re.findall(r'^EXTRA = "(\w+)"$', path.read_text("utf-8"), re.MULTILINE)
    return []


@contextlib.contextmanager
def locked(venv: Path) -> Iterator[None]:
    """Wait until no other process sets up this venv, or .venv, which contains all others."""
    with (ROOT / ".venv.lock").open("a") as whole:
        if venv == VENV:
            wait_for(whole, fcntl.LOCK_EX, venv)
            yield
            return
        wait_for(whole, fcntl.LOCK_SH, VENV)
        with venv.with_suffix(".lock").open("a") as own:
            wait_for(own, fcntl.LOCK_EX, venv)
            yield


def wait_for(file: IO[str], kind: int, venv: Path) -> None:
    """Lock a file, with a message if another process has it."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        say(f"waiting for another set-up of {venv.relative_to(ROOT)}")
        fcntl.flock(file, kind)


def main(arguments: list[str]) -> int:
    """Set up what is missing: each venv by one process, and .venv before the others."""
    venv, lock = VENV, ROOT / "requirements.lock"
    if arguments[:1] in (["exporter"], ["engine"]):
        named = arguments[1:]
        is_engine = arguments[0] == "engine"
        arguments = engine_extra(" ".join(named)) if is_engine else exporter_extra(named)
        if not arguments:
            return 0
    if arguments:
        venv, lock = VENV / arguments[0], ROOT / f"requirements-{arguments[0]}.lock"
    try:
        if ready(venv, lock):
            return 0
        with locked(venv):
            if not ready(venv, lock):
                say(f"setting up {venv.relative_to(ROOT)} (once)")
                build(venv, lock)
    except Fault as fault:
        sentence, code = fault.args
        say(sentence)
        return int(code)
    except OSError as error:
        say(f"cannot set up {venv}: {error}")
        return 74
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
