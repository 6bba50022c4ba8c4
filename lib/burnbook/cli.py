"""What every script in bin/ shares: the common flags, `main`, and one sentence for every error."""

import argparse
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import NoReturn

from burnbook.base.clean_text import clean
from burnbook.base.errors import (
    INTERNAL,
    INTERRUPTED,
    IO,
    USAGE,
    BurnbookError,
    IOFault,
    os_sentence,
)
from burnbook.base.text import printable

Flags = Callable[[argparse.ArgumentParser], None]

FORMATS = ("text", "json", "markdown")
_UNPRINTED = "what came of it cannot be printed"


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Help as the docstring wrote it, at a fixed width: no terminal is asked."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28, width=96)


class Parser(argparse.ArgumentParser):
    """An argparse parser whose errors are one sentence."""

    def error(self, message: str) -> NoReturn:
        """Say the mistake and exit with 2."""
        sys.stderr.write(f"{self.prog}: {one_line(message)} (see {self.prog} --help)\n")
        raise SystemExit(USAGE)


def main(doc: str | None, flags: Flags, command: str, instead: str | None = None) -> NoReturn:
    """Run a command of `burnbook.commands`, such as `book.snapshot`, and exit with its code.

    `flags` adds the script's own flags.

    `instead`: the line to print where it fails, which then is no failure (a prompt must not break).
    """
    name = os.path.basename(sys.argv[0])
    _open_streams()
    try:
        code = _run(name, doc or "", flags, command)
        sys.stdout.flush()
    except SystemExit as stop:  # argparse: --help, or a mistyped flag
        _leave(stop.code if isinstance(stop.code, int) else USAGE)
    except BurnbookError as error:
        code = _say(name, str(error), error.code)
    except BrokenPipeError:
        # The reader went away (`| head`): nobody is left to tell. Python must not try to flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = IO
    except OSError as error:
        code = _say(name, os_sentence("the system refused", error), IO)
    except KeyboardInterrupt:
        # Not imported here: a command that never did cannot have booked anything.
        may_have_booked = getattr(sys.modules.get("burnbook.lock"), "was_held", False)
        more = "; rows may be booked, and running it again is safe" if may_have_booked else ""
        code = _say(name, f"interrupted{more}", INTERRUPTED)
    except ImportError as error:
        # Its own files cannot be read: no fault of what was asked for, nor of the book.
        code = _say(name, f"a part of burnbook cannot be loaded: {error}", IO)
    except (Exception, RecursionError) as error:
        if os.environ.get("BURNBOOK_DEBUG"):
            raise
        said = f"{type(error).__name__}: {error}"
        code = _say(
            name, f"a fault of burnbook itself, {said} (BURNBOOK_DEBUG=1 shows where)", INTERNAL
        )
    if code and instead is not None:
        with suppress(OSError, ValueError):
            sys.stdout.write(f"{instead}\n")
            sys.stdout.flush()
            code = 0
    _leave(code)


def parser(name: str, doc: str, flags: Flags) -> Parser:
    """The parser of one script: its docstring, its own flags, then the common ones.

    A script that has other formats says so with `parser.set_defaults(formats=...)`.
    """
    made = Parser(prog=name, description=doc, formatter_class=Formatter, allow_abbrev=False)
    flags(made)
    common = made.add_argument_group("common")
    common.add_argument("--data-dir", metavar="DIR", help="the book (default: data/live)")
    common.add_argument("--config-dir", metavar="DIR", help="the declarations (default: config)")
    common.add_argument("--agent", metavar="ID", help="who acts (default: AGENT_ID, or main)")
    common.add_argument("--at", metavar="TIME", help="act as of this moment (ISO 8601)")
    common.add_argument(
        "--format",
        choices=made.get_default("formats") or FORMATS,
        default="text",
        help="how to print the result (default: text)",
    )
    return made


def _run(name: str, doc: str, flags: Flags, command: str) -> int:
    args = parser(name, doc, flags).parse_args()
    # Imported here, so that --help and a mistyped flag cost no more than argparse.
    from burnbook.book.book import Book
    from burnbook.config import settings
    from burnbook.config.loader import Config
    from burnbook.context import Context
    from burnbook.rows.skipped import Passed, newer_rows
    from burnbook.store.store import Store
    from burnbook.times import clock
    from burnbook.view import render

    chosen = settings.resolve(args.data_dir, args.config_dir, args.agent)
    config = Config(chosen.config_dir)
    if args.at is not None:
        clock.act_at(clock.parse_time(args.at, config.zone))
    ctx = Context(config, Book(chosen.data_dir), Store(chosen.data_dir), chosen.agent, [])
    try:
        result = import_module(f"burnbook.commands.{command}").run(ctx, args)
    finally:
        newer = Passed().miss_all([ctx.book.passed, *ctx.store.skipped.values()]).newer
        if newer:
            ctx.notes.append(f"{newer_rows(newer)}, left alone and not counted")
        for note in ctx.notes:
            sys.stderr.write(f"{name}: {one_line(note)}\n")
    if result.ready is not None:
        _print(result.ready)
    elif args.format == "json" and result.data is not None:
        _print(render.json(result.data))
    elif args.format == "markdown" and result.parts:
        _print(render.markdown(result.parts))
    elif args.format == "text":
        _print(render.text(result.parts, colour=_colour()))
    code: int = result.code
    return code


def _print(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise IOFault(os_sentence(_UNPRINTED, error)) from None


def _open_streams() -> None:
    """Put something where stdin, stdout or stderr was closed (`>&-`).

    Else the next file would get its number: the journal could be what others print to. What is
    written to stdout then fails, as it does for other programs; messages have nowhere to go.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            handle = os.open(os.devnull, os.O_WRONLY if name == "stderr" else os.O_RDONLY)
            if handle != number:
                os.dup2(handle, number)
                os.close(handle)
            if name != "stdin":
                setattr(sys, name, open(number, "w", encoding="utf-8", closefd=False))  # noqa: SIM115


def _leave(code: int) -> NoReturn:
    """Exit at once: everything is written and synced, and an orderly end costs 5 ms."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            code = code or IO
        except (OSError, ValueError) as error:
            # Of a help text nobody was told yet.
            said = f"{_UNPRINTED}: {getattr(error, 'strerror', None) or error}"
            code = code or _say(os.path.basename(sys.argv[0]), said, IO)
    os._exit(code)


def _colour() -> bool:
    return (
        sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )


def one_line(message: str) -> str:
    """A message as one printable line without secrets: a job writes its messages to a log."""
    line = printable(" ".join(message.split()))
    try:
        return clean(line)
    except (ImportError, OSError):  # the message may be that burnbook cannot load a file of its own
        return line


def _say(name: str, message: str, code: int) -> int:
    # Where nothing can be said any more, the code still tells.
    with suppress(OSError, ValueError):
        sys.stderr.write(f"{name}: {one_line(message)}\n")
    return code
