"""What `doctor` tries: the place of the book, the machine, and how all is set up.

Each probe gives a `Probed`, and raises nothing. A scratch folder in the place of the book is made
for some, and removed.
"""

from typing import Literal, NamedTuple

Verdict = Literal["ok", "warn", "fail"]


class Probed(NamedTuple):
    """What one probe came to. `fail`: burnbook does not work like this; `warn`: a part of it."""

    area: str
    name: str
    verdict: Verdict
    said: str
