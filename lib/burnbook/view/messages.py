"""Messages on stderr: one line each, on a terminal as lines of its width."""

import sys

from burnbook.base.text import one_line
from burnbook.view import fit, terminal


def message_lines(name: str, message: str) -> str:
    """Returns the message of a script, without secrets, as text that ends with a newline."""
    width = terminal.columns(sys.stderr) if sys.stderr.isatty() else None
    lines = fit.wrapped(f"{name}: {one_line(message)}", width)
    return "".join(f"{line}\n" for line in lines)
