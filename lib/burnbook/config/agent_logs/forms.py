"""The tables of a feed of agents' logs that say how files other than JSON lines are read."""

import msgspec

from burnbook.config.feeds import Conditions


class Database(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the rows of an SQLite database become requests: each row is read like a line.

    `query`: one SELECT, or several, of which the first counts whose tables and columns exist;
    `:since` is the highest watermark so far, or 0. `document`: a column with a JSON object, as text
    or zstd-compressed, to which the other columns are added. `watermark`: a column that grows with
    every row that is added or changed. `position`: a column with an integer that grows from row to
    row; the query is run again, with the last one as `:after`, until it gives no row. `columns`:
    for paths of a line the columns with their values.
    """

    query: str | tuple[str, ...] = ""
    document: str | None = None
    watermark: str | None = None
    position: str | None = None
    columns: dict[str, str] = {}


class Readings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lines that have the totals of a session so far, and are written anew in their place.

    What a reading adds to the booked ones of its session is a request. `identity` are the paths
    that identify the session; without them, it is the session alone.
    """

    only: Conditions = {}
    identity: tuple[str, ...] = ()


class Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A JSON file in each of the roots that lists the folders where the patterns are searched.

    `items`: the path of the list. `folder`: paths in an item whose values, joined, are the folder.
    `project`: the path of the project whose requests are there.
    """

    file: str = ""
    items: str = ""
    folder: tuple[str, ...] = ()
    project: str | None = None
