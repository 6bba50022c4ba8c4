"""The book and the agent for bin/_locked, where the shell cannot choose them itself.

`_book.py DIR [AGENT]` prints the agent and the absolute path of the book, chosen as every script
chooses them, and a dot, which keeps newlines at the end of a path. `_book.py --make DIR` makes the
folder of a book.
"""

import _lib  # noqa: F401, I001 - first: finds the project and its .venv

import os
import sys

from burnbook.base import files
from burnbook.config import settings
from burnbook.base.errors import BurnbookError
from burnbook.base.text import printable


def main(words: list[str]) -> int:
    """Runs the requested action; returns the exit code."""
    try:
        if words[0] == "--make":
            files.make_dir(words[1])
            return 0
        chosen = settings.resolve(words[0] or None, None, words[1] if words[1:] else None)
    except BurnbookError as error:
        sys.stderr.write(f"just: {printable(' '.join(str(error).split()))}\n")
        return error.code
    os.write(1, os.fsencode(f"{chosen.agent}{chosen.data_dir}."))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
