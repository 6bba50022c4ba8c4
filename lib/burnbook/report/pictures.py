"""The charts of a report as SVG and PNG files."""

import copy
import os
import re
from collections.abc import Iterator
from typing import Any

from burnbook.report import palette, runtime, usage_facts

_WIDTH = 900  # of charts that are as wide as the page
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def svgs(content: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(Name, SVG) of each chart that has data; `content` is that of the page."""
    for chart in content["charts"]:
        values = _values(content, chart["data"])
        for name in _parts(chart, values):
            own = [row for row in values if name is None or row[chart["each"]] == name]
            title = chart["name"] if name is None else f"{chart['name']}-{_UNSAFE.sub('-', name)}"
            spec = _spec(chart, own)
            yield title, runtime.svg(spec, is_vega=isinstance(spec["data"], list))


def write(folder: str, files: Iterator[tuple[str, bytes]]) -> int:
    """Write files into a folder, which is made if need be; returns their number. Raises OSError."""
    os.makedirs(folder, exist_ok=True)
    count = 0
    for name, data in files:
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
        count += 1
    return count


def _values(content: dict[str, Any], name: str) -> list[dict[str, Any]]:
    if name in usage_facts.KINDS:
        return usage_facts.rows(content["usage"], usage_facts.KINDS[name])
    values: list[dict[str, Any]] = content["datasets"][name]
    return values


def _parts(chart: dict[str, Any], values: list[dict[str, Any]]) -> list[str | None]:
    """The values that the chart is drawn for: of `each`, else None; none without data."""
    if not values:
        return []
    return [None] if chart["each"] is None else [*dict.fromkeys(r[chart["each"]] for r in values)]


def _spec(chart: dict[str, Any], values: list[dict[str, Any]]) -> dict[str, Any]:
    spec: dict[str, Any] = copy.deepcopy(chart["spec"])
    if isinstance(spec["data"], list):
        spec["data"][0]["values"] = values
    else:
        spec["data"] = {"name": chart["data"], "values": values}
    if spec.get("width") == "container":
        spec["width"] = _WIDTH
    config = {"background": "#ffffff", "range": {"category": list(palette.LIGHT)}}
    spec["config"] = {**config, **spec.get("config", {})}
    return spec
