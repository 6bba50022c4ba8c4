"""A feed's `map`: a jq program that makes objects with canonical names of a line of any shape."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec

from burnbook.base.errors import BadConfig, Refused
from burnbook.jq_map.child import Answer, Child, Stopped

MAX_STOPS = 3
"""Lines that may take too much before the run ends; by then the program is at fault."""

_decode = msgspec.json.Decoder(list[Any]).decode


class Mapped:
    """Runs the program of one feed. `where` names it in a message."""

    def __init__(self, program: str, where: str) -> None:
        self._program, self._where = program, where
        self._stops = 0

    def answers(self, lines: Sequence[bytes]) -> list[Answer]:
        """What the program makes of lines that are each known to be one JSON value.

        Raises BadConfig where it took too much of more than MAX_STOPS lines.
        """
        try:
            return _child(self._program).ask(list(lines)) if lines else []
        except ValueError as error:
            raise BadConfig(f"{self._where}: map: {error}") from None
        except Stopped as reason:
            if len(lines) > 1:  # which of them it was
                return [answer for line in lines for answer in self.answers([line])]
            self._stops += 1
            if self._stops > MAX_STOPS:
                raise BadConfig(
                    f"{self._where}: map: the program was stopped at {self._stops} lines, because "
                    f"it {reason}; change it, or ingest the other lines without this feed"
                ) from None
            return [str(reason)]


def objects(answer: Answer) -> list[Any]:
    """The objects of an answer. Raises Refused where it has none but a reason."""
    if isinstance(answer, str):
        raise Refused(f"the feed's map {answer}")
    try:
        return _decode(answer)
    except RecursionError:
        raise Refused("the feed's map gives a value that is nested too deep") from None


def check(program: str) -> None:
    """Nothing, where jq can compile it; else ValueError with jq's words."""
    _child(program)


def stop() -> None:
    """End this process's children."""
    _kept.cache_clear()


def _child(program: str) -> Child:
    """The child that runs a program, started when it is first needed and after it was stopped."""
    child = _kept(program)
    if not child.is_running:
        _kept.cache_clear()
        child = _kept(program)
    return child


@lru_cache(maxsize=2)
def _kept(program: str) -> Child:
    return Child(program)
