"""Runs a hook: an argv array, no shell, no input, its output dropped, a time limit.

Never call it with a lock held.
"""

import os
import re
from collections.abc import Mapping, Sequence

from burnbook.base import process
from burnbook.base.text import printable
from burnbook.config.budgets import PLACEHOLDER


def filled(command: Sequence[str], values: Mapping[str, str]) -> list[str]:
    """The argv with the values in place of their `{name}`, each item still one item."""

    def value(match: re.Match[str]) -> str:
        return printable(values[match[1]])

    return [command[0], *(PLACEHOLDER.sub(value, word) for word in command[1:])]


def run(argv: Sequence[str], timeout: float) -> str | None:
    """Run it to its end. None where it succeeded, else what went wrong."""
    shown = os.path.basename(argv[0])
    try:
        code = process.run(argv, timeout).code
    except (OSError, ValueError) as error:
        return f"the hook {shown!r} cannot be run: {getattr(error, 'strerror', None) or error}"
    except process.LimitExceeded as error:
        return f"the hook {shown!r} {error}"
    return f"the hook {shown!r} failed with exit code {code}" if code else None
