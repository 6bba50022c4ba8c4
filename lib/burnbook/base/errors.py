"""The exceptions and exit codes of all commands. Codes follow sysexits.h where it has one."""


class Refused(Exception):
    """The reason why a line is rejected: a sentence without capital and full stop."""


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
    """An error with a message of one sentence; `code` is the exit code."""

    code = INTERNAL


class No(BurnbookError):
    """The answer of a command is negative: exit code 1."""

    code = NO


class UsageError(BurnbookError):
    """Invalid command-line arguments."""

    code = USAGE


class BadData(BurnbookError):
    """The input cannot be used."""

    code = BAD_DATA


class Missing(BurnbookError):
    """The input, or something that it refers to, does not exist."""

    code = MISSING


class IOFault(BurnbookError):
    """A read or a write failed."""

    code = IO


class Busy(BurnbookError):
    """Another process uses the book; try again later."""

    code = BUSY


class BadConfig(BurnbookError):
    """A file under config/ cannot be used. `file` and `key`: what is wrong in it, if known."""

    code = BAD_CONFIG

    def __init__(self, message: str, file: str = "", key: str = "") -> None:
        super().__init__(message)
        self.file = file
        self.key = key


def os_sentence(what: str, error: OSError) -> str:
    """Returns `what`, the system's message, and the path that it is about."""
    reason = error.strerror or type(error).__name__
    where = f" ({error.filename})" if error.filename else ""
    return f"{what}: {reason}{where}"
