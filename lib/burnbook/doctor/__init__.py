"""The probes of `doctor`: the book's file system, the machine and the configuration.

Each probe returns a `Probed` and never raises. Some use a scratch folder in the book, which is
removed afterwards.
"""

from typing import Literal, NamedTuple

Verdict = Literal["ok", "warn", "fail"]


class Probed(NamedTuple):
    """The result of a probe. `fail`: burnbook does not work; `warn`: a part of it does not."""

    area: str
    name: str
    verdict: Verdict
    detail: str
