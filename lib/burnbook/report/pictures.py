"""The charts of a report as SVG and PNG files."""

import copy
import os
import re
from collections.abc import Iterator
from typing import Any

from burnbook.report import palette, runtime, usage_facts

_WIDTH = 900  # of charts that are as wide as the page
# Labels are measured in one font, and a viewer may show them in a wider one.
_PADDING = {"left": 30, "top": 5, "right": 12, "bottom": 5}
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_BY = "model"  # the group of charts of usage


def svgs(content: dict[str, Any], theme: str) -> Iterator[tuple[str, str]]:
    """(Name, SVG) of each chart that has data; `content` is that of the page."""
    for chart in content["charts"]:
        values = _values(content, chart["data"])
        for name in _parts(chart, values):
            own = [row for row in values if name is None or row[chart["each"]] == name]
            title = chart["name"] if name is None else f"{chart['name']}-{_UNSAFE.sub('-', name)}"
            spec = _spec(chart, own, content, palette.THEMES[theme])
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


def _spec(
    chart: dict[str, Any],
    values: list[dict[str, Any]],
    content: dict[str, Any],
    theme: palette.Theme,
) -> dict[str, Any]:
    """The specification with its data, its parameters (as in page.js) and the colors."""
    spec: dict[str, Any] = copy.deepcopy(chart["spec"])
    names = content["usage"]["names"][_BY]
    shown = {row[_BY] for row in values} if chart["data"] in usage_facts.KINDS else set()
    parameters = {
        "by": _BY,
        "names": names,
        "shown": [name for name in names if name in shown],
        "days": content["days"],
    }
    config = palette.chart_config(palette.variables(theme)) | {
        "background": theme.card,
        "padding": _PADDING,
    }
    for parameter in spec.get("params", spec.get("signals", ())):
        if parameter["name"] in parameters:
            parameter["value"] = parameters[parameter["name"]]
        if parameter["name"] == "names":
            config["range"] |= _ranges(config["range"], names)
    if isinstance(spec["data"], list):
        spec["data"][0]["values"] = values
    else:
        spec["data"] = {"name": chart["data"], "values": values}
    if spec.get("width") == "container":
        spec["width"] = _WIDTH
    spec["config"] = {**config, **spec.get("config", {})}
    return spec


def _ranges(ranges: dict[str, list[str]], names: list[str]) -> dict[str, list[str]]:
    """The colors of names in their order, as in page.js."""
    result = {}
    for key, other in (("category", "other"), ("category_text", "other_text")):
        colors = ranges[key]
        result[key] = [
            ranges[other][0] if name == usage_facts.OTHER else colors[n % len(colors)]
            for n, name in enumerate(names)
        ]
    return result
