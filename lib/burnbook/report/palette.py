"""Every color of the report, light and dark, and how charts use them.

Text has a contrast of 4.5 and more, series 3 and more (WCAG 2.2, 1.4.3 and 1.4.11). Any two series
can be told apart with normal vision, protanopia, deuteranopia and tritanopia; the tests compute all
of this. The page refers to the colors by CSS variables, so that it changes its theme without
drawing again; pictures have the colors themselves.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Theme(NamedTuple):
    """The colors of a theme. `steps` are those of heat maps, from few to many."""

    page: str
    card: str
    line: str
    text: str
    dim: str
    accent: str
    other: str
    series: tuple[str, ...]
    steps: tuple[str, ...]


THEMES = {
    "light": Theme(
        page="#f6f7f9",
        card="#ffffff",
        line="#d9dde3",
        text="#1a1d21",
        dim="#555c66",
        accent="#0b5cad",
        other="#767676",
        series=(
            *("#0072b2", "#dd6218", "#1b6817", "#cb13a1", "#814f66"),
            *("#1694d9", "#850f57", "#b52d1b", "#482eba", "#c46b9e"),
        ),
        steps=("#cfe1f2", "#93c3e6", "#4a98cf", "#1f6cab", "#0b3d70"),
    ),
    "dark": Theme(
        page="#14171c",
        card="#1c2027",
        line="#343a45",
        text="#e8eaed",
        dim="#a4acb8",
        accent="#7db7f0",
        other="#8f959e",
        series=(
            *("#56b4e9", "#d7d287", "#50a12e", "#c167fe", "#ceb33c"),
            *("#7970be", "#b34954", "#16f8ea", "#b93eef", "#ffc33c"),
        ),
        steps=("#1f3f5f", "#2a6593", "#3f8fc9", "#7dbbec", "#cfe8ff"),
    ),
}
_FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif'
_TEXT_SIZE = 12
_LISTS = ("series", "steps")


def text_on(color: str) -> str:
    """Black or white: what is easier to read on a color."""
    return max(("#000000", "#ffffff"), key=lambda text: contrast(text, color))


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colors, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def linear(color: str) -> tuple[float, float, float]:
    """Red, green and blue of `#rrggbb`, 0 to 1, proportional to light (IEC 61966-2-1, sRGB)."""
    red, green, blue = (int(color[n : n + 2], 16) / 255 for n in (1, 3, 5))
    return _linear(red), _linear(green), _linear(blue)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _luminance(color: str) -> float:
    red, green, blue = linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def variables(theme: Theme) -> dict[str, str]:
    """The colors of a theme by the names of their CSS variables."""
    colors = {name: getattr(theme, name) for name in Theme._fields if name not in _LISTS}
    for name in _LISTS:
        for n, color in enumerate(getattr(theme, name), 1):
            colors[f"{name}-{n}"] = color
            colors[f"on-{name}-{n}"] = text_on(color)
    return colors | {"on-other": text_on(theme.other)}


def css() -> str:
    """The variables of both themes; `color-scheme` selects one."""
    light, dark = variables(THEMES["light"]), variables(THEMES["dark"])
    lines = (f"  --{name}: light-dark({light[name]}, {dark[name]});\n" for name in light)
    return f":root {{\n{''.join(lines)}}}\n"


def chart_config(colors: Mapping[str, str]) -> dict[str, Any]:
    """The `config` of Vega for all charts; `colors` has the names of `variables`.

    Ranges: `category` for names (with `category_text` on them), `other` for the names that are
    added as one, `steps` for heat maps. Styles of marks: `empty` is a cell without a value, `cell`
    one with a value, `dim` a text beside the values.
    """
    dim, line, card = colors["dim"], colors["line"], colors["card"]
    text = {"labelColor": dim, "titleColor": dim, "labelFontSize": _TEXT_SIZE}
    text |= {"titleFontSize": _TEXT_SIZE, "titleFontWeight": "normal"}
    text |= {"labelFont": _FONT, "titleFont": _FONT}
    names = [name for name in colors if name.startswith("series-")]
    return {
        "background": None,
        "axis": {**text, "gridColor": line, "domainColor": line, "tickColor": line},
        "legend": text,
        "header": text,
        "mark": {"color": colors["series-1"]},
        "bar": {"stroke": card, "strokeWidth": 0.5},
        "rule": {"color": dim},
        "text": {"color": colors["text"], "font": _FONT, "fontSize": _TEXT_SIZE},
        "view": {"stroke": None},
        "style": {
            "empty": {"color": colors["page"], "fill": colors["page"], "stroke": line},
            "cell": {"stroke": card},
            "dim": {"fill": dim, "fontSize": _TEXT_SIZE},
        },
        "range": {
            "category": [colors[name] for name in names],
            "category_text": [colors[f"on-{name}"] for name in names],
            "other": [colors["other"]],
            "other_text": [colors["on-other"]],
            "steps": [colors[name] for name in colors if name.startswith("steps-")],
        },
    }
