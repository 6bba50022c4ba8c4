"""Runs scripts of `bin/` in forks of this process, which has burnbook imported.

A fork takes a fraction of the time that the start of an interpreter takes. It runs the script's own
file, with arguments, stdin and environment variables of its own.
"""

import importlib
import os
import pkgutil
import runpy
import signal
import sys
from collections.abc import Mapping, Sequence
from tempfile import TemporaryFile
from typing import BinaryIO, NamedTuple, NoReturn

import burnbook
from burnbook import extras
from burnbook.config.settings import PROJECT


class Done(NamedTuple):
    """A script that has ended: its exit code and what it printed."""

    code: int
    out: str
    err: str


def load() -> None:
    """Imports all of burnbook but extras, so that no script has to. Takes about 0.3 s."""
    for module in pkgutil.walk_packages(burnbook.__path__, "burnbook."):
        if not module.name.startswith(extras.MODULES):
            importlib.import_module(module.name)


def run(words: Sequence[str], stdin: str, environment: Mapping[str, str]) -> Done:
    """Runs the script `words[0]` of `bin/` to its end. `environment` is all that it has."""
    sys.stdout.flush()
    sys.stderr.flush()
    with TemporaryFile() as entry, TemporaryFile() as out, TemporaryFile() as err:
        entry.write(stdin.encode())
        entry.seek(0)
        child = os.fork()
        if not child:
            _become(words, environment, (entry, out, err))
        status = _ended(child)
        texts = [_text(file) for file in (out, err)]
    return Done(os.waitstatus_to_exitcode(status), *texts)


def _ended(child: int) -> int:
    """Waits for a process, and returns its status. Ctrl-C ends the process first."""
    status = None
    try:
        _, status = os.waitpid(child, 0)
    finally:
        if status is None:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    return status


def _become(
    words: Sequence[str], environment: Mapping[str, str], files: Sequence[BinaryIO]
) -> NoReturn:
    """Runs the script in this process, a fork, and ends it."""
    try:
        for number, file in enumerate(files):
            os.dup2(file.fileno(), number)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        os.environ.clear()
        os.environ.update(environment)
        sys.argv = [os.path.join(PROJECT, "bin", words[0]), *words[1:]]
        runpy.run_path(sys.argv[0], run_name="__main__")
    except Exception as error:  # `main` handles all errors of the command itself
        sys.stderr.write(f"{type(error).__name__}: {error}")
        sys.stderr.flush()
    finally:
        os._exit(70)


def _text(file: BinaryIO) -> str:
    file.seek(0)
    return file.read().decode()
