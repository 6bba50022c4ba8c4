"""Every mistake in the files of config/, not only the first one that a command would report."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from burnbook import panes
from burnbook.base.errors import BadConfig, BurnbookError, os_sentence
from burnbook.config.loader import Config
from burnbook.snapshots import capture_kinds

Reads = Callable[[Config], Mapping[str, Callable[[], Any]]]
_MOST = 20  # mistakes that are reported in one file


class Checked(NamedTuple):
    """Mistakes and the file that each is in, and the config without the wrong values."""

    mistakes: dict[str, str]
    config: Config


def check(root: str, reads: Reads) -> Checked:
    """Reads every file. A wrong value is left out when its file is read again.

    `reads` has the files of a config by name, and how to read them.
    """

    def without(left_out: Mapping[str, Sequence[str]]) -> Config:
        return Config(root, panes.known, capture_kinds.kinds, left_out)

    mistakes: dict[str, str] = {}
    left_out: dict[str, list[str]] = {}
    for name in reads(without({})):
        for _ in range(_MOST):
            fault = _fault(reads(without(left_out))[name])
            if fault is None:
                break
            file, key = (fault.file, fault.key) if isinstance(fault, BadConfig) else ("", "")
            removed = left_out.setdefault(file, [])
            # A table without a required key is one mistake if that key was the wrong one.
            if not any(earlier.startswith(f"{key}.") for earlier in removed):
                mistakes.setdefault(_sentence(fault), file or name)
            while key in removed:  # the mistake is a missing key, so its table is wrong
                key = key.rpartition(".")[0]
            if not key:
                break
            removed.append(key)
    return Checked(mistakes, without(left_out))


def _fault(read: Callable[[], Any]) -> BurnbookError | OSError | None:
    try:
        read()
    except (BurnbookError, OSError) as error:
        return error
    return None


def _sentence(fault: BurnbookError | OSError) -> str:
    return os_sentence("cannot be read", fault) if isinstance(fault, OSError) else str(fault)
