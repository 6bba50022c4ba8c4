"""A feed's `map`: a jq program that makes objects with canonical names of a line of any shape."""

from math import isfinite
from typing import Any

from burnbook._feeds_event import Refused
from burnbook._feeds_text import quoted
from burnbook.feedspec import program
from burnbook.redact import redact


class Mapped:
    """Runs the program of one feed."""

    def __init__(self, text: str) -> None:
        self._program = program(text)

    def objects(self, line: bytes) -> list[Any]:
        """What the program makes of a line that is known to be one JSON value. Raises Refused."""
        try:
            made: list[Any] = self._program.input_text(line.decode().lstrip("\ufeff")).all()
        except ValueError as error:
            said = redact(" ".join(str(error).split()))
            raise Refused(f"the feed's map fails: {said[:200]}") from None
        for one in made:
            if type(one) is dict:
                for key, value in one.items():
                    # jq makes these of 1/0 and of `nan`; JSON has no word for them.
                    if type(value) is float and not isfinite(value):
                        raise Refused(f"the feed's map gives no finite number for {quoted(key)}")
        return made
