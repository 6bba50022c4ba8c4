"""The prompt of `sql`: statements from a terminal, with history and completion."""

import sys
from collections.abc import Callable
from contextlib import suppress
from sqlite3 import complete_statement

from burnbook.base.errors import BurnbookError
from burnbook.query import views

PROMPT, MORE = "sql> ", "...> "
_HELP = ".tables  list what a statement can name\n.quit    end (also Ctrl-D)\n"


def loop(run: Callable[[str], str], error: Callable[[str], None]) -> None:
    """Reads statements until .quit or the end of the input, and prints what `run` returns.

    A statement ends with a semicolon. Ctrl-C discards it, or stops it while it runs.
    """
    _complete_names()
    sys.stdout.write("Statements end with ;   .tables, .help and .quit are commands.\n")
    text = ""
    while True:
        try:
            text += input(MORE if text else PROMPT) + "\n"
            command = text.strip().lower()
            if command in (".quit", ".exit"):
                return
            if not command or command.startswith("."):
                sys.stdout.write(_answer(command))
                text = ""
            elif complete_statement(text):
                statement, text = text, ""
                sys.stdout.write(run(statement))
        except EOFError:
            sys.stdout.write("\n")
            return
        except KeyboardInterrupt:
            text = ""
            sys.stdout.write("\n")
        except BurnbookError as failure:
            error(str(failure))


def _answer(command: str) -> str:
    if command == ".tables":
        return "\n".join(views.names()) + "\n"
    return _HELP if command else ""


def _complete_names() -> None:
    with suppress(ImportError):  # a Python without readline has neither history nor completion
        import readline

        words = [*views.names(), ".tables", ".quit", ".help", "SELECT", "FROM", "WHERE"]

        def complete(start: str, number: int) -> str | None:
            matches = [word for word in words if word.lower().startswith(start.lower())]
            return matches[number] if number < len(matches) else None

        readline.set_completer(complete)
        readline.set_completer_delims(" \t\n,()=<>;")
        readline.parse_and_bind("tab: complete")
