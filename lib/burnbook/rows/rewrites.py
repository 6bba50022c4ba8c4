"""The type of rows about rewritten journals."""

from typing import Annotated, ClassVar, Literal

import msgspec

from burnbook.rows.meters import Count, Row, Text

Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


class RewrittenLink(msgspec.Struct, frozen=True, omit_defaults=True):
    """A link of a chain whose rows were rewritten.

    `link` is the hash that the link has, `rows` and `now` are the number of its rows now and the
    hash over them. `is_removed`: no row has this link any more; or rows have none, and then `link`
    is `now`.
    """

    link: Sha256
    rows: Count
    now: Sha256
    is_removed: bool = False


class Rewrite(Row, frozen=True, kw_only=True):
    """Links whose rows are not as they were written, because of `forget` or as `repair` found them.

    With these rows, their chains match.
    """

    journal: Text
    reason: Literal["forget", "repair"]
    links: tuple[RewrittenLink, ...]

    about: ClassVar[tuple[str, ...]] = ("journal", "reason", "links")
