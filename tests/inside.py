"""Scripts of bin/ run inside this process: as a shell would run them, at a hundredth of the cost.

`Inside` has its own home, book and config. The output of a script is kept as text, so that the
tests also see characters that no pipe could carry.
"""

import argparse
import gc
import io
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from burnbook import cli
from burnbook.base.errors import USAGE, BurnbookError
from burnbook.store.store import Store
from burnbook.times import clock

ROOT = Path(__file__).resolve().parent.parent
# Scripts that run until they are interrupted have tests of their own.
_ENDLESS = {"serve", "mcp"}
VERBS = sorted(
    path.name
    for path in (ROOT / "bin").iterdir()
    if path.name[0] not in "_." and path.name not in _ENDLESS
)


class Done(NamedTuple):
    """How a run ended: its exit code, and what it printed on both streams."""

    code: int
    out: str
    err: str


@cache
def script(name: str) -> Any:
    """A script of bin/ as a module: its docstring and its `flags`."""
    sys.path.append(str(ROOT / "bin"))  # for its `import _lib`
    try:
        loader = SourceFileLoader(f"script_{name.replace('-', '_')}", str(ROOT / "bin" / name))
        spec = spec_from_loader(loader.name, loader)
        assert spec is not None
        module = module_from_spec(spec)
        loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(ROOT / "bin"))


def parser(name: str) -> argparse.ArgumentParser:
    """The parser of a script."""
    module = script(name)
    return cli.parser(name, module.__doc__ or "", module.flags)


class _Left(BaseException):
    """In place of the exit of a process: the code."""


class Inside:
    """One folder with a book, whose scripts run in this process."""

    def __init__(self, top: Path, *, declared: bool = True) -> None:
        self.folder = top
        self.book, self.config, self.docs = top / "book", top / "config", top / "docs"
        self.home = top / "home"
        for folder in (self.config, self.home, top / "here"):
            folder.mkdir(parents=True)
        if declared:
            shutil.copytree(ROOT / "config" / "feeds", self.config / "feeds")
            (self.config / "windows.toml").write_text(
                'timezone = "UTC"\n[windows.W0-CHN]\nnext = "W0-CHP"\n[windows.W0-CHP]\n'
            )
            self.pages()

    def pages(self) -> None:
        """Keep ledgers, handoff and bundles away from the project's own."""
        (self.config / "ledgers.toml").write_text(
            f'folder = "{self.docs}/Ledgers"\nhandoff = "{self.docs}/HANDOFF.md"\n'
        )
        (self.config / "bundle.toml").write_text(f'folder = "{self.docs}/bundles"\n')

    def run(self, name: str, *words: str, stdin: bytes = b"") -> Done:
        """Run a script. An error that would end its process is raised here."""
        module = script(name)
        with self._stage([name, *words], stdin) as (out, err):
            try:
                cli.main(module.__doc__, module.flags, _command(name))
                raise AssertionError("main came back")
            except _Left as left:
                code = left.args[0]
        return Done(code, out.getvalue(), err.getvalue())

    @contextmanager
    def _stage(self, argv: list[str], stdin: bytes) -> Iterator[tuple[io.StringIO, io.StringIO]]:
        kept = sys.argv, sys.stdin, sys.stdout, sys.stderr, dict(os.environ), os.getcwd()
        before, leave, at = os.dup(0), cli._leave, clock._at
        stores, create = [], Store.__init__

        def kept_store(store: Store, *args: Any, **options: Any) -> None:
            create(store, *args, **options)
            stores.append(store)  # a process would end here, and close its files

        Store.__init__ = kept_store  # type: ignore[method-assign]
        entry = self.folder / "stdin"
        entry.write_bytes(stdin)
        out, err = io.StringIO(), io.StringIO()
        try:
            handle = os.open(entry, os.O_RDONLY)
            os.dup2(handle, 0)
            os.close(handle)
            os.environ.clear()
            os.environ.update(self.environment())
            os.chdir(self.folder / "here")
            sys.argv, sys.stdout, sys.stderr = argv, out, err
            sys.stdin = os.fdopen(0, closefd=False)
            cli._leave = _raise  # type: ignore[assignment]
            yield out, err
        finally:
            gc.enable()  # a command may turn it off for the rest of its process, which is short
            for store in stores:
                store.close()
            Store.__init__ = create  # type: ignore[method-assign]
            cli._leave = leave
            clock._at = at
            sys.argv, sys.stdin, sys.stdout, sys.stderr = kept[:4]
            os.environ.clear()
            os.environ.update(kept[4])
            os.chdir(kept[5])
            os.dup2(before, 0)
            os.close(before)

    def environment(self) -> dict[str, str]:
        """The environment of the scripts."""
        return {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.home),
            "BURNBOOK_DEBUG": "1",  # a bug in burnbook is raised, not reported
            "BURNBOOK_DATA_DIR": str(self.book),
            "BURNBOOK_CONFIG_DIR": str(self.config),
        }

    def tree(self) -> bytes:
        """Every byte in every file of the place but its stdin, and every file's name."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        names = b"\n".join(os.fsencode(path) for path in files)
        return names + b"".join(p.read_bytes() for p in files if p.name != "stdin")


def _raise(code: int) -> NoReturn:
    raise _Left(code)


@cache
def _command(name: str) -> str:
    match = re.search(r'cli\.main\(__doc__, flags, "([\w.]+)"', (ROOT / "bin" / name).read_text())
    assert match is not None, name
    return match[1]


def is_sentence(name: str, done: Done) -> bool:
    """Whether a run failed as documented: one sentence on stderr, nothing on stdout."""
    is_one_line = done.err.count("\n") == 1 and done.err.startswith(f"{name}: ")
    return is_one_line and not done.out and done.code in {1, USAGE, *codes()}


def codes() -> set[int]:
    """The exit codes of failures."""
    return {kind.code for kind in BurnbookError.__subclasses__()}
