"""Runs samples/demo.toml in a scratch book, each command shown before its result."""

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, TextIO

import msgspec
import tomli

from burnbook.base.errors import BadConfig, IOFault, UsageError, os_sentence
from burnbook.config.settings import PROJECT
from burnbook.context import Context, Result
from burnbook.view.parts import Line


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One command of the day, as a person would type it, and what it is for."""

    say: str
    run: str


class Day(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """samples/demo.toml."""

    steps: tuple[Step, ...]


def run(ctx: Context, args: Any) -> Result:
    """Every step in order; the first that fails ends it with its exit code."""
    day = _day(Path(PROJECT, "samples", "demo.toml"))
    scratch = Path(tempfile.mkdtemp(prefix="burnbook-demo-"))
    try:
        book = _place(args.keep) or scratch / "book"
        config = _configure(scratch / "config", book)
        for step in day.steps:
            code = _show(step, book, config, sys.stderr if args.format == "json" else sys.stdout)
            if code:
                return Result([Line(f"the demo stopped: exit code {code}", strong=True)], {}, code)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    where = f"The book of this demo is in {book}." if args.keep else "The scratch book is gone."
    end = f"{where} Yours begins with: just start codex"
    return Result([Line(""), Line(end)], {"steps": len(day.steps), "kept": args.keep})


def _day(path: Path) -> Day:
    try:
        return msgspec.convert(tomli.loads(path.read_text("utf-8")), Day)
    except (OSError, tomli.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadConfig(f"{path}: {error}") from None


def _place(keep: str | None) -> Path | None:
    if keep is None:
        return None
    book = Path(os.path.abspath(keep))
    if book.exists():
        raise UsageError(f"--keep {keep!r} is there already; name a new directory")
    return book


def _configure(config: Path, book: Path) -> Path:
    """The sample's declarations, with the shipped feeds, and the pages in the demo's book."""
    shutil.copytree(Path(PROJECT, "config", "feeds"), config / "feeds")
    shutil.copytree(Path(PROJECT, "samples", "config"), config, dirs_exist_ok=True)
    pages = {"folder": book / "docs" / "Ledgers", "handoff": book / "docs" / "SESSION_HANDOFF.md"}
    lines = [f"{name} = {json.dumps(os.fspath(path))}\n" for name, path in pages.items()]
    (config / "ledgers.toml").write_text("".join(lines), "utf-8")
    return config


def _show(step: Step, book: Path, config: Path, out: TextIO) -> int:
    """Run one step; its command and what it prints go to `out`."""
    out.write(f"\n# {step.say}\n$ {step.run}\n")
    out.flush()
    words = shlex.split(step.run)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("BURNBOOK_")}
    environment["BURNBOOK_DATA_DIR"] = os.fspath(book)
    environment["BURNBOOK_CONFIG_DIR"] = os.fspath(config)
    while "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        environment[name] = value
    try:
        done = subprocess.run(
            words, cwd=PROJECT, env=environment, stdin=subprocess.DEVNULL, stdout=out, check=False
        )
    except OSError as error:
        raise IOFault(os_sentence(f"cannot run {words[0]}", error)) from None
    return done.returncode
