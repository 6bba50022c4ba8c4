"""Runs samples/demo.toml in a scratch book, and prints each command before its result."""

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
from burnbook.view import terminal
from burnbook.view.fit import wrapped
from burnbook.view.parts import Line


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One command, as a user would enter it, and its purpose."""

    say: str
    run: str


class Day(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """samples/demo.toml."""

    steps: tuple[Step, ...]


def run(ctx: Context, args: Any) -> Result:
    """Runs every step in order. The first failure ends the demo with its exit code."""
    if args.days is not None:
        from burnbook.commands.setup import demo_days

        return demo_days.run(_kept_book(args.keep), args.days)
    day = _day(Path(PROJECT, "samples", "demo.toml"))
    scratch = Path(tempfile.mkdtemp(prefix="burnbook-demo-"))
    try:
        book = _kept_book(args.keep) or scratch / "book"
        config = _configure(scratch / "config", book)
        for step in day.steps:
            code = _show(step, book, config, sys.stderr if args.format == "json" else sys.stdout)
            if code:
                return Result(
                    [Line(f"the demo failed with exit code {code}", strong=True)], {}, code
                )
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    kept = f"The book of this demo is {book}." if args.keep else "The scratch book was deleted."
    end = f"{kept} Your own days, from the logs of the agents on this machine:"
    parts = [Line(""), Line(end), Line("./just usage")]
    return Result(parts, {"steps": len(day.steps), "kept": args.keep})


def _day(path: Path) -> Day:
    try:
        return msgspec.convert(tomli.loads(path.read_text("utf-8")), Day)
    except (OSError, tomli.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadConfig(f"{path}: {error}") from None


def _kept_book(keep: str | None) -> Path | None:
    if keep is None:
        return None
    book = Path(os.path.abspath(keep))
    if book.exists():
        raise UsageError(f"--keep {keep!r} already exists; name a new directory")
    return book


def _configure(config: Path, book: Path) -> Path:
    """Writes the sample config with the shipped feeds. The ledgers are in the demo's book."""
    shutil.copytree(Path(PROJECT, "config", "feeds"), config / "feeds")
    shutil.copytree(Path(PROJECT, "samples", "config"), config, dirs_exist_ok=True)
    pages = {"folder": book / "docs" / "Ledgers", "handoff": book / "docs" / "SESSION_HANDOFF.md"}
    lines = [f"{name} = {json.dumps(os.fspath(path))}\n" for name, path in pages.items()]
    (config / "ledgers.toml").write_text("".join(lines), "utf-8")
    return config


def _show(step: Step, book: Path, config: Path, out: TextIO) -> int:
    """Runs one step. Its command and output go to `out`. Returns the exit code."""
    columns = terminal.columns()
    width = None if columns is None else columns - len(" \\")
    lines = [f"# {line}" for line in wrapped(step.say, width)]
    lines.append(" \\\n    ".join(wrapped(f"$ {step.run}", width and width - 4)))
    out.write("".join(f"{line}\n" for line in ("", *lines)))
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
