"""Messages on stderr: one line each, on a terminal as lines of its width."""

import sys

from burnbook.base.text import one_line


def message_lines(name: str, message: str) -> str:
    """Returns the message of a script, without secrets, as text that ends with a newline."""
    from contextlib import suppress  # 3 ms, and most commands have no message

    text = f"{name}: {one_line(message)}"
    # It may be about a file of burnbook that cannot load.
    with suppress(ImportError, OSError):
        if sys.stderr.isatty():
            from burnbook.view import fit, terminal

            text = "\n".join(fit.wrapped(text, terminal.columns(sys.stderr)))
    return f"{text}\n"
