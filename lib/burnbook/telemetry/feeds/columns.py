"""The values that a feed reads from a line, and the index of each in a row."""

from operator import itemgetter
from typing import Annotated, Any

import msgspec

from burnbook.base.json_path import several, split
from burnbook.config.feeds import NAMES, TEXTS, Feed
from burnbook.config.feeds import Conditions as Declared
from burnbook.jsonl.fields import Shape
from burnbook.rows.meters import Count, Text, Usd
from burnbook.telemetry.feeds.classify import Conditions

_WHOLE = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
_ANY = Text | _WHOLE | float | bool
_KINDS: dict[str, Any] = {
    **dict.fromkeys(NAMES, Count),
    **dict.fromkeys(TEXTS, Text),
    "ts": str | int | float,
    "status": int | Text,
    "latency_ms": Annotated[float, msgspec.Meta(ge=0, le=1e12)],
    "usd": Usd,
}
RID = NAMES.index("rid")
_TEXT_AT = {name: NAMES.index(name) for name in TEXTS}


class Columns:
    """A row of one feed: the canonical fields in their order, then the other values it needs.

    `line` is the struct type to convert an object to, `columns` makes a row of one.
    """

    def __init__(self, feed: Feed) -> None:
        shape = Shape()
        paths = {name: feed.paths(name) for name in NAMES}
        for name in NAMES:
            shape.column(paths[name][0] if paths[name] else None, _KINDS[name])
        self.others = [
            (at, [shape.shared(path, _KINDS[name]) for path in paths[name][1:]])
            for at, name in enumerate(NAMES)
            if paths[name][1:]
        ]
        self.only = _conditions(shape, feed.requests.only)
        self.never = _conditions(shape, feed.requests.never)
        self.errors = _conditions(shape, feed.errors.any)
        self.features = [
            _TEXT_AT[word] if word in TEXTS else shape.shared(split(word), Text)
            for word in several(feed.feature)
        ]
        if self.features[:1] == [RID]:
            self.features = []  # always the rid, even if it is null
        self.kept = [(word, shape.shared(split(word), _ANY)) for word in feed.keep]
        kind = feed.errors.kind
        self.kind = None if kind is None else shape.shared(split(kind), _ANY)
        self.line, self.columns = shape.build()

        self.required = list({"ts": None, **dict.fromkeys(feed.required)})
        self.needed = itemgetter(*map(NAMES.index, self.required), 0)  # 0: never fewer than two
        self.lenient = frozenset(feed.errors.may_lack) - {"ts"}

        conditions = Shape()
        self._only = _conditions(conditions, feed.requests.only)
        self._never = _conditions(conditions, feed.requests.never)
        self._conditions, self._columns = conditions.build()

    def filled(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """Returns the row with the fallbacks of null fields."""
        filled = list(row)
        for at, others in self.others:
            if filled[at] is None:
                filled[at] = next((row[other] for other in others if row[other] is not None), None)
        return tuple(filled)

    def ignorable(self, value: dict[str, Any]) -> bool:
        """Whether an object is not a request; its fields may then have any value."""
        try:
            row = self._columns(msgspec.convert(value, self._conditions))
        except msgspec.ValidationError:
            return False
        return self._never.any(row) or not self._only.all(row)


def _conditions(shape: Shape, declared: Declared) -> Conditions:
    return Conditions(
        [(shape.shared(split(path), _ANY), values) for path, values in declared.items()]
    )
