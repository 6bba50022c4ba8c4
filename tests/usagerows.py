"""Rows of agents' usage, and the tables that the store derives from them."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from itertools import count
from typing import Any

import msgspec
from burnbook.book import codec
from burnbook.rows.usage import AgentUsage, Superseded, Tokens
from burnbook.store.projection import Projection
from burnbook.store.store import Store
from burnbook.usage.projection import USAGE
from msgspec.structs import astuple

_numbers = count(1)


def usage_row(ts: datetime, tokens: Tokens | None = None, **more: Any) -> AgentUsage:
    """A row with an id of its own, from what is special about it."""
    amounts = tokens or Tokens(input_tokens=10, output_tokens=5)
    origin = {"tool": "claude", "session": "s", "project": "~/api", "branch": "main"}
    fields = {name: getattr(amounts, name) for name in Tokens.__struct_fields__}
    row = codec.make(AgentUsage, ts=ts, **{**origin, "model": "opus", **fields, **more})
    return msgspec.structs.replace(row, id=f"u-{next(_numbers):016x}")


def replaced(tokens: Tokens) -> Superseded:
    """What a row has of another that it supersedes."""
    return Superseded(*astuple(tokens))


class TestStore(Store):
    """The tables of some rows, in memory."""

    __test__ = False

    def __init__(self, rows: Iterable[AgentUsage]) -> None:
        super().__init__("")
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        for statement in USAGE.tables:
            self.connection.execute(statement)
        self.duplicates = self.apply(rows)

    def apply(self, rows: Iterable[AgentUsage]) -> int:
        """Add rows; returns how many are there already."""
        return USAGE.apply(self.connection, [(n, 1, row) for n, row in enumerate(rows)])

    def view(self, projection: Projection) -> sqlite3.Connection:
        """The tables."""
        assert projection is USAGE
        return self.connection
