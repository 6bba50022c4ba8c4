"""`main` of every script in bin/: runs its command, prints the result, and reports errors."""

import os
import sys

from burnbook.base.errors import (
    INTERNAL,
    INTERRUPTED,
    IO,
    USAGE,
    BurnbookError,
    IOFault,
    os_sentence,
)
from burnbook.view.messages import message_lines

TYPE_CHECKING = False  # the name that type checkers know; `typing` takes 8 ms to import
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, NoReturn

    from burnbook.config.loader import Config
    from burnbook.flags import FORMATS as FORMATS
    from burnbook.flags import SUPPRESS as SUPPRESS
    from burnbook.flags import Flags
    from burnbook.flags import Parser as Parser
    from burnbook.flags import parser as parser
    from burnbook.flags import window_flag as window_flag
    from burnbook.store.projection import Source
else:

    def __getattr__(name: str) -> "Any":
        """Names of `flags`, imported when a script first uses them: argparse takes 10 ms."""
        from burnbook import flags

        return getattr(flags, name)


_DAMAGED = "the cache was damaged and has been deleted; run the command again"
_CANNOT_PRINT = "cannot write the output"
# Commands that read the followed books too, and those among them that read this book alone.
_REPORTS = ("read.", "pages.", "insight.attribute", "insight.forecast", "insight.rate")
"""Commands that show how fresh the followed books are."""
_READING = (*_REPORTS, "share.")
_ALONE = ("read.check",)


def main(
    doc: str | None,
    flags: "Flags",
    command: str,
    fallback: str | None = None,
    *,
    quick: bool = False,
) -> "NoReturn":
    """Runs a command of `burnbook.commands`, such as `book.snapshot`, and exits with its code.

    `flags` adds the script's own flags. With `fallback`, a command that fails prints that line and
    exits with 0, because a prompt must not break. With `quick`, the command does not run if
    `prompt.quick` knows the answer.
    """
    name = os.path.basename(sys.argv[0])
    _open_streams()
    try:
        code = _run_quick() if quick else None
        if code is None:
            code = _run(name, doc or "", flags, command)
        sys.stdout.flush()
    except SystemExit as stop:  # argparse: --help, or a mistyped flag
        _leave(stop.code if isinstance(stop.code, int) else USAGE)
    except BurnbookError as error:
        code = _print_error(name, str(error), error.code)
    except BrokenPipeError:
        # The reader has exited (`| head`). Python must not flush at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = IO
    except OSError as error:
        code = _print_error(name, os_sentence("system error", error), IO)
    except KeyboardInterrupt:
        # A command that never imported the lock cannot have booked anything.
        may_have_booked = getattr(sys.modules.get("burnbook.book.lock"), "was_held", False)
        more = "; rows may have been booked; it is safe to run it again" if may_have_booked else ""
        code = _print_error(name, f"interrupted{more}", INTERRUPTED)
    except ImportError as error:
        # burnbook's own files cannot be read: an I/O error, not a bug.
        code = _print_error(name, f"cannot load a file of burnbook: {error}", IO)
    except (Exception, RecursionError) as error:
        if os.environ.get("BURNBOOK_DEBUG"):
            raise
        message = f"internal error, {type(error).__name__}: {error}"
        code = _print_error(name, f"{message} (BURNBOOK_DEBUG=1 shows a traceback)", INTERNAL)
    if code and fallback is not None:
        from contextlib import suppress

        with suppress(OSError, ValueError):
            sys.stdout.write(f"{fallback}\n")
            sys.stdout.flush()
            code = 0
    _leave(code)


def _run_quick() -> int | None:
    """Prints the answer if it is known without running the command; else returns None."""
    from burnbook.prompt import quick

    text = quick.answer(sys.argv[1:])
    if text is None:
        return None
    _print([text])
    return 0


def _run(name: str, doc: str, flags: "Flags", command: str) -> int:
    from burnbook.flags import parser

    args = parser(name, doc, flags).parse_args()
    # Imported here, so that --help and usage errors need argparse alone.
    from importlib import import_module

    from burnbook.book.book import Book
    from burnbook.book.joined.root import JoinedRoot
    from burnbook.config import settings
    from burnbook.config.loader import Config
    from burnbook.context import Context, following, note_followed, note_skipped_rows
    from burnbook.store.row_index import StoredRowIndex
    from burnbook.store.store import Store
    from burnbook.times import clock
    from burnbook.view import render, terminal

    chosen = settings.resolve(args.data_dir, args.config_dir, args.agent)
    config = Config(chosen.config_dir, _providers, _capture_kinds)
    if args.at is not None:
        clock.act_at(clock.parse_time(args.at, config.zone))
    store = Store(chosen.data_dir, windows=lambda: _windows(config))
    book = Book(chosen.data_dir, StoredRowIndex(store))
    ctx = Context(config, book, store, chosen.agent, [])
    if command.startswith(_READING) and command not in _ALONE:
        ctx = following(ctx)
    try:
        result = import_module(f"burnbook.commands.{command}").run(ctx, args)
    except Exception as error:
        if ctx.store.discard_damaged(error):
            raise IOFault(_DAMAGED) from None
        if ctx.store.has_failed(error):
            raise IOFault(f"cannot read the cache ({error}); run the command again") from None
        raise
    finally:
        note_followed(ctx)
        note_skipped_rows(ctx)
        for note in ctx.notes:
            sys.stderr.write(message_lines(name, note))
    if isinstance(ctx.book.root, JoinedRoot) and command.startswith(_REPORTS):
        from burnbook.followed.hosts import with_hosts

        result = with_hosts(ctx, result)
    if result.ready is not None:
        _print([result.ready] if isinstance(result.ready, str) else result.ready)
    elif args.format == "json" and result.data is not None:
        _print(render.json_pieces(result.data))
    elif args.format == "markdown" and result.parts:
        _print([render.markdown(result.parts)])
    elif args.format == "text":
        _print(
            render.text_pieces(
                result.parts, color=terminal.has_color(args.color), columns=terminal.columns()
            )
        )
    code: int = result.code
    return code


def _windows(config: "Config") -> "Source":
    from burnbook.windows import spans

    return spans.source(config)


def _providers() -> "Iterator[str]":
    """Yields the providers; first those whose names need no import."""
    from burnbook import panes

    yield from panes.providers()
    yield from panes.known()


def _capture_kinds() -> tuple[str, ...]:
    from burnbook.snapshots import capture_kinds

    return capture_kinds.kinds()


def _print(pieces: "Iterable[str]") -> None:
    for piece in pieces:
        try:
            sys.stdout.write(piece)
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise IOFault(os_sentence(_CANNOT_PRINT, error)) from None


def _open_streams() -> None:
    """Opens /dev/null for each of stdin, stdout and stderr that is closed (`>&-`).

    Otherwise the next file would get its descriptor, and prints could go to a journal. Writing to a
    closed stdout fails, as it does in other programs; messages are lost.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            handle = os.open(os.devnull, os.O_WRONLY if name == "stderr" else os.O_RDONLY)
            if handle != number:
                os.dup2(handle, number)
                os.close(handle)
            if name != "stdin":
                setattr(sys, name, open(number, "w", encoding="utf-8", closefd=False))  # noqa: SIM115


def _leave(code: int) -> "NoReturn":
    """Exits at once: everything is written and synced, and a normal exit takes 5 ms longer."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            code = code or IO
        except (OSError, ValueError) as error:
            # Only reached for a help text; other output was flushed before.
            message = f"{_CANNOT_PRINT}: {getattr(error, 'strerror', None) or error}"
            code = code or _print_error(os.path.basename(sys.argv[0]), message, IO)
    os._exit(code)


def _print_error(name: str, message: str, code: int) -> int:
    """Prints a message and returns the exit code, also if stderr cannot be written."""
    from contextlib import suppress  # 3 ms, and most commands have no message

    with suppress(OSError, ValueError):
        sys.stderr.write(message_lines(name, message))
    return code
