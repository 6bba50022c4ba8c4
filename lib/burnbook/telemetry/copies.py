"""The rows of one request, and which of them counts."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from xxhash import xxh3_64_intdigest

from burnbook.book import codec, precedence
from burnbook.rows.meters import NewerRow
from burnbook.telemetry.rows import JOURNAL, Request, key_of

_REQUEST = tuple(
    name
    for name in Request.__struct_fields__
    if name not in {"id", "schema_version", "agent", "window", "supersedes", "window_before"}
)


class Copy(NamedTuple):
    """A row of the journal, its line, and the offset of that.

    `is_repeated`: the rows before it, one of which has its id, are in the tables, but it is not.
    """

    offset: int
    line: bytes
    row: Any
    is_repeated: bool = False


class Outcome(NamedTuple):
    """What some rows of a request come to.

    `uncounted` are offsets, `distinct` those of rows that differ in their bytes.
    `adjustment` is 1, if there is a request, less the requests that `tables.write` counts: a new id
    is one more, and an id that is superseded is one less.
    """

    counted: Copy | None
    uncounted: Sequence[int]
    distinct: Collection[int]
    adjustment: int
    is_irregular: bool


def outcome(copies: Sequence[Copy], dead: Collection[int], others: Collection[int]) -> Outcome:
    """Which row of a request counts. `dead` are the keys of superseded rows in the tables, `others`
    those of them that no row of the request supersedes, now or later.
    """
    by_key: dict[int, list[Copy]] = {}
    for copy in copies:
        by_key.setdefault(key_of(copy.row.id), []).append(copy)
    superseded = superseded_keys(copies)
    written_rows = [same[0] for same in by_key.values() if not same[0].is_repeated]
    without = {*superseded_keys(written_rows), *others} & by_key.keys()
    written = sum(not isinstance(each.row, NewerRow) for each in written_rows) - len(without)
    best: dict[int, Copy] = {}
    distinct: list[int] = []
    is_irregular = False
    for key, same in by_key.items():
        lines = _distinct(same)
        best[key] = _first(lines)
        distinct += [copy.offset for copy in lines]
        is_irregular = is_irregular or any(_figures(e.row) != _figures(same[0].row) for e in same)
    alive = [
        copy
        for key, copy in best.items()
        if key not in superseded and key not in others and not isinstance(copy.row, NewerRow)
    ]
    counted = alive[0] if len(alive) == 1 else max(alive, key=_order, default=None)
    kept = {copy.offset for key, copy in best.items() if copy is counted or key in dead}
    uncounted = [copy.offset for copy in copies if copy.offset not in kept]
    adjustment = (counted is not None) - written
    is_irregular = is_irregular or not all(is_usual(copy.row) for copy in copies)
    return Outcome(counted, uncounted, {*distinct}, adjustment, is_irregular)


def superseded_keys(copies: Sequence[Copy]) -> set[int]:
    """The keys of the rows that these supersede."""
    old = [getattr(copy.row, "supersedes", None) for copy in copies]
    return {key_of(row_id) for row_id in old if row_id is not None}


def is_usual(row: Any) -> bool:
    """Whether its id is the one that burnbook gives to every row that supersedes the same one."""
    old = getattr(row, "supersedes", None)
    return old is None or key_of(row.id) == xxh3_64_intdigest(old.encode("utf-8", "surrogatepass"))


def request_of(row: Any) -> list[Any]:
    """What a row tells about its request, without its window."""
    return [getattr(row, name) for name in _REQUEST]


def _distinct(copies: Sequence[Copy]) -> list[Copy]:
    """The first of each line."""
    lines: dict[bytes, Copy] = {}
    for copy in copies:
        lines.setdefault(codec.plain(copy.line), copy)
    return [*lines.values()]


def _first(copies: Sequence[Copy]) -> Copy:
    """Of rows with one id, the one that counts: the first one with the figures of the least rank.

    So nothing changes if machines read the same log, whichever of them was the first.
    """
    if len(copies) == 1:
        return copies[0]
    figures = _figures(min(copies, key=_rank).row)
    return next(copy for copy in copies if _figures(copy.row) == figures)


def _rank(copy: Copy) -> Any:
    """Rows of a newer version come last."""
    row = codec.read(JOURNAL, copy.line)
    return (1,) if isinstance(row, NewerRow) else (0, precedence.rank(row, codec.plain(copy.line)))


def _order(copy: Copy) -> Any:
    return precedence.order(codec.read(JOURNAL, copy.line))


def _figures(row: Any) -> Any:
    """Everything in a row that tables depend on; None for a row of a newer version."""
    if isinstance(row, NewerRow):
        return None
    return [*request_of(row), row.agent, row.window, row.supersedes]
