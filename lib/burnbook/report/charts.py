"""The charts of the report: Vega-Lite and Vega specifications in config/charts/, one file each.

`usermeta.burnbook` of a specification has what the page needs beside the picture, see `About`. The
data of a chart is a dataset (`burnbook.report.datasets`), which the specification names.
"""

import os
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from burnbook.base.errors import BadConfig, os_sentence
from burnbook.config.loader import SHIPPED, Config
from burnbook.report import datasets, usage_facts

_ENDINGS = (".vl.json", ".vg.json")


class About(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the page shows around a chart.

    `summary` says in a sentence what the picture shows, also to a screen reader. `columns` are the
    fields of the table behind the chart and their headings; `empty` is shown instead of a chart
    without data. Charts are sorted by `position`. `table` is the data set of the specification that
    the table shows, where it is not that of the first marks. With `each`, the chart is drawn once
    for each value of this field.
    """

    title: str
    summary: str
    columns: dict[str, str]
    position: float = 1000.0
    empty: str = "no data in this period"
    is_wide: bool = False
    table: str | None = None
    each: str | None = None


class Chart(NamedTuple):
    """A chart: its file's name without the ending, its specification, and its dataset's name."""

    name: str
    about: About
    spec: dict[str, Any]
    data: str


def charts(config: Config) -> list[Chart]:
    """The charts of a config folder, else the shipped ones. Raises BadConfig, naming the file."""
    folder = os.path.join(config.root, "charts")
    if not os.path.isdir(folder):
        folder = os.path.join(SHIPPED, "charts")
    try:
        files = sorted(name for name in os.listdir(folder) if name.endswith(_ENDINGS))
        found = [_chart(os.path.join(folder, name)) for name in files]
    except OSError as error:
        raise BadConfig(os_sentence(f"cannot read {folder}", error)) from None
    return sorted(found, key=lambda chart: (chart.about.position, chart.name))


def _chart(path: str) -> Chart:
    with open(path, "rb") as file:
        text = file.read()
    try:
        spec = msgspec.json.decode(text, type=dict[str, Any])
        usermeta = msgspec.convert(spec.get("usermeta"), dict[str, Any])
        about = msgspec.convert(usermeta.get("burnbook"), About)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise BadConfig(f"{path}: is not a chart: {error}; see docs/report.md") from None
    data = _data(spec.get("data"))
    known = datasets.known().union(usage_facts.KINDS)
    if data is None or data not in known:
        valid = ", ".join(sorted(known))
        raise BadConfig(f"{path}: the name of its data is {data!r}; valid: {valid}")
    return Chart(os.path.basename(path)[: -len(_ENDINGS[0])], about, spec, data)


def _data(data: Any) -> str | None:
    """The name in `data`: an object in Vega-Lite, the first of a list in Vega."""
    first: Any = data[0] if isinstance(data, Sequence) and data else data
    name = first.get("name") if isinstance(first, dict) else None
    return name if isinstance(name, str) else None
