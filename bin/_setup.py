"""Set up .venv from requirements.lock; `_setup.py dev` adds .venv/dev from requirements-dev.lock.

`_setup.py NAME` adds .venv/NAME in the same way: prices for `prices --update`, mutants for
`just mutants`, proof, report, serve and watch for the commands of these names, pictures for the
recipe.

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
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
# The real file, no link or shim: when an upgrade removes it, the wrapper sees that .venv is broken.
BASE = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
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
    run(f"{BASE} could not make {venv}", BASE, "-I", "-m", "venv", str(venv))
    # Wheels only: building a package would run code without a hash in the lock.
    pip = ["-I", "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    pinned = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "-r"]
    what = f"pip could not install {lock.name}"
    run(what, str(venv / "bin" / "python"), *pip, *pinned, str(lock))
    # setuptools' hook would run at each start of this Python.
    (site_packages(venv) / "distutils-precedence.pth").unlink(missing_ok=True)
    if venv == VENV:
        # Written now because some places forbid it later; packages are compiled by pip.
        compileall.compile_dir(ROOT / "lib", quiet=2)
        compileall.compile_file(ROOT / "bin" / "_lib.py", quiet=2)
    else:
        packages = os.path.relpath(site_packages(VENV), site_packages(venv))
        (site_packages(venv) / "burnbook.pth").write_text(packages + "\n")
    shutil.copy2(lock, venv / lock.name)


def main(arguments: list[str]) -> int:
    """Set up what is missing, one process at a time."""
    venv, lock = VENV, ROOT / "requirements.lock"
    extras = ("dev", "prices", "mutants", "report", "serve", "watch", "pictures", "proof")
    if arguments in ([name] for name in extras):
        venv, lock = VENV / arguments[0], ROOT / f"requirements-{arguments[0]}.lock"
    try:
        if ready(venv, lock):
            return 0
        with (ROOT / ".venv.lock").open("a") as guard:
            try:
                fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say(f"waiting for another set-up of {venv.relative_to(ROOT)}")
                fcntl.flock(guard, fcntl.LOCK_EX)
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
