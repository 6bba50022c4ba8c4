"""The one base exception and the exit codes of the command contract.

Codes follow sysexits.h where it has a word for the case.
"""


class Refused(Exception):
    """Why a line is no event: a short sentence without its first capital and full stop."""


DONE = 0
NO = 1
USAGE = 2
BAD_DATA = 65
MISSING = 66
INTERNAL = 70
IO = 74
BUSY = 75
BAD_CONFIG = 78
INTERRUPTED = 130


class BurnbookError(Exception):
    """A failure that a person reads as one sentence; `code` is the exit code."""

    code = INTERNAL


class No(BurnbookError):
    """The answer is no."""

    code = NO


class UsageError(BurnbookError):
    """The call's words are wrong."""

    code = USAGE


class BadData(BurnbookError):
    """The input cannot be used."""

    code = BAD_DATA


class Missing(BurnbookError):
    """The input, or what it refers to, is not there."""

    code = MISSING


class IOFault(BurnbookError):
    """The operating system refused a read or a write."""

    code = IO


class Busy(BurnbookError):
    """Another process holds the book; trying again later is right."""

    code = BUSY


class BadConfig(BurnbookError):
    """A file under config/ cannot be used."""

    code = BAD_CONFIG


def os_sentence(what: str, error: OSError) -> str:
    """`what`, then the system's own words and the path that they are about."""
    reason = error.strerror or type(error).__name__
    where = f" ({error.filename})" if error.filename else ""
    return f"{what}: {reason}{where}"
