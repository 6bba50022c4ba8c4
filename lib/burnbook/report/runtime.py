"""What the packages of the extra `report` give: the JavaScript of Vega, and pictures of charts."""

import os
from functools import cache
from importlib import import_module
from typing import Any

from burnbook import extras
from burnbook.config.settings import PROJECT

# The page gets its own names, so that no other code of the bundle is global.
_SNIPPET = "window.burnbookCharts = {embed: vegaEmbed};"


@cache
def javascript() -> str:
    """The bundle of Vega, Vega-Lite and Vega-Embed, from vl-convert; kept beside the package."""
    vl_convert = _vl_convert()
    name = f"vega-{vl_convert.__version__}.js"
    path = os.path.join(PROJECT, ".venv", "report", name)
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            return file.read()
    text: str = vl_convert.javascript_bundle(_SNIPPET)
    draft = f"{path}.{os.getpid()}"
    with open(draft, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(draft, path)
    return text


def svg(spec: dict[str, Any], *, is_vega: bool) -> str:
    """A chart as SVG, with the same bytes for the same data."""
    convert = _vl_convert().vega_to_svg if is_vega else _vl_convert().vegalite_to_svg
    text: str = convert(spec, allowed_base_urls=[])
    return text


def png(svg_text: str, scale: float = 2.0) -> bytes:
    """A picture of an SVG."""
    data: bytes = _vl_convert().svg_to_png(svg_text, scale=scale)
    return data


def _vl_convert() -> Any:
    extras.use("report", "report")
    return import_module("vl_convert")
