"""The type of rows about rewritten journals."""

from typing import Annotated, ClassVar, Literal

import msgspec

from burnbook.rows.meters import Count, Row, Text

Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


class RewrittenLink(msgspec.Struct, frozen=True, omit_defaults=True):
    """A link of a chain whose rows were rewritten.

    `link` is the hash that the link has, `rows` and `now` the number of its rows that remain and
    the hash over them. If its own row was removed (`is_removed`), `after` is the link before it.
    """

    link: Sha256
    rows: Count
    now: Sha256
    is_removed: bool = False
    after: Sha256 | None = None


class Rewrite(Row, frozen=True, kw_only=True):
    """A rewrite of rows of a journal, by `forget` or `repair`, and the links that cover them."""

    journal: Text
    reason: Literal["forget", "repair", "restore"]
    links: tuple[RewrittenLink, ...]

    about: ClassVar[tuple[str, ...]] = ("journal", "reason", "links")
