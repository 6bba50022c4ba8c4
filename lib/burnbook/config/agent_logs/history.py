"""The table of a feed about the files of forks."""

import msgspec

from burnbook.base.json_path import Paths
from burnbook.config.feeds import Conditions


class History(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to recognize the copy of its parent's lines with which the file of a fork begins.

    `only`: lines that describe a session, with its id and the time when it started. The first is
    that of the file's own session, the others were copied. `forked_from`: such a session's file
    begins with a copy. `base`: it does not, because the file only refers to its parent's.
    `turn` and `turn_started` are in lines that start a turn.
    """

    only: Conditions = {}
    session: Paths = ()
    started: Paths = ()
    forked_from: Paths = ()
    base: Paths = ()
    turn: Paths = ()
    turn_started: Paths = ()
