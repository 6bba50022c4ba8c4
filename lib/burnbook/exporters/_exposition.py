"""Text of gauges that is valid as Prometheus text (0.0.4) and as OpenMetrics (1.0), byte for byte.

The formats differ in the names of counters, so one text cannot have these; `# UNIT` and `# EOF` are
comments in the first format. Samples have no timestamps, which node_exporter would refuse.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from burnbook.base.text import printable

_LONGEST = 200  # characters of a label's value
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})

Labels = Mapping[str, str]


class Family(NamedTuple):
    """A gauge with its samples: labels and value. `name` ends with `unit`, if it has one."""

    name: str
    unit: str
    help: str
    samples: list[tuple[Labels, float]]


def family(
    name: str, unit: str, text: str, samples: Iterable[tuple[Labels, float | None]]
) -> Family:
    """Returns a family with the samples whose value is known, sorted by their labels."""
    known = [(labels, value) for labels, value in samples if value is not None]
    full = f"burnbook_{name}_{unit}" if unit else f"burnbook_{name}"
    return Family(full, unit, text, sorted(known, key=lambda sample: [*sample[0].values()]))


def text(families: Iterable[Family]) -> str:
    """Returns the whole text; families without samples are left out."""
    lines = [line for each in families if each.samples for line in _lines(each)]
    return "".join(f"{line}\n" for line in [*lines, "# EOF"])


def seconds(moment: datetime | None) -> float | None:
    """Returns a moment as Unix time, to the millisecond."""
    return None if moment is None else round(moment.timestamp(), 3)


def _lines(each: Family) -> Iterator[str]:
    yield f"# HELP {each.name} {each.help}"
    yield f"# TYPE {each.name} gauge"
    if each.unit:
        yield f"# UNIT {each.name} {each.unit}"
    for labels, value in each.samples:
        pairs = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items())
        yield (
            f"{each.name}{{{pairs}}} {_number(value)}" if pairs else f"{each.name} {_number(value)}"
        )


def _escaped(value: str) -> str:
    return printable(value[:_LONGEST]).translate(_ESCAPES)


def _number(value: float) -> str:
    """Returns a number without an exponent where it is whole."""
    assert math.isfinite(value)
    return str(int(value)) if float(value).is_integer() else repr(value)
