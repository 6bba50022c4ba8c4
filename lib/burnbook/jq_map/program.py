"""A feed's `map`: a jq program that converts a line to objects with canonical field names."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec

from burnbook.base.errors import BadConfig, Refused
from burnbook.jq_map.child import Answer, Child, Stopped

MAX_STOPS = 3
"""Lines that may exceed a limit before the run ends, because the program must be wrong."""

_decode = msgspec.json.Decoder(list[Any]).decode


class JqMap:
    """Runs the program of one feed. `where` names it in a message."""

    def __init__(self, program: str, where: str) -> None:
        self._program, self._where = program, where
        self._stops = 0

    def answers(self, lines: Sequence[bytes]) -> list[Answer]:
        """Returns an answer for each line; each must be one JSON value.

        Raises BadConfig if more than MAX_STOPS lines exceeded a limit.
        """
        try:
            return _child(self._program).ask(list(lines)) if lines else []
        except ValueError as error:
            raise BadConfig(f"{self._where}: map: {error}") from None
        except Stopped as reason:
            if len(lines) > 1:  # one by one, to find the line
                return [answer for line in lines for answer in self.answers([line])]
            self._stops += 1
            if self._stops > MAX_STOPS:
                raise BadConfig(
                    f"{self._where}: map: the program was stopped at {self._stops} lines, because "
                    f"it {reason}; change it, or ingest the other lines without this feed"
                ) from None
            return [str(reason)]


def objects(answer: Answer) -> list[Any]:
    """Returns the objects of an answer. Raises Refused if it is an error."""
    if isinstance(answer, str):
        raise Refused(f"the feed's map {answer}")
    try:
        return _decode(answer)
    except RecursionError:
        raise Refused("the feed's map gives a value that is nested too deep") from None


def check(program: str) -> None:
    """Raises ValueError, with jq's message, if jq cannot compile the program."""
    _child(program)


def stop() -> None:
    """Ends the children of this process."""
    _cached.cache_clear()


def _child(program: str) -> Child:
    """Returns the child that runs a program, and starts it if it is not running."""
    child = _cached(program)
    if not child.is_running:
        _cached.cache_clear()
        child = _cached(program)
    return child


@lru_cache(maxsize=2)
def _cached(program: str) -> Child:
    return Child(program)
