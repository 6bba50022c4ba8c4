"""The colors of the live view: a light and a dark theme, and one without colors."""

from typing import Any, NamedTuple

from rich.style import Style

from burnbook.live.heat import LEVELS
from burnbook.live.picture import Span
from burnbook.report import palette


class Look(NamedTuple):
    """The colors of a theme; without a background, those of the terminal are kept."""

    name: str
    background: str
    text: str
    dim: str
    accent: str
    good: str
    warn: str
    bad: str
    series: tuple[str, ...]


DARK = Look(
    *("dark", "#14181d", "#dfe5ec", "#8a96a3", "#56b4e9", "#2fbf94", "#e69f00", "#ff7b6b"),
    palette.THEMES["dark"].series,
)
LIGHT = Look(
    *("light", "#ffffff", "#1c2430", "#5d6875", "#0072b2", "#00795a", "#a65300", "#b3261e"),
    palette.THEMES["light"].series,
)
LOOKS = (DARK, LIGHT)


class Styles:
    """The styles of spans in a theme; None is the terminal without colors."""

    def __init__(self, look: Look | None) -> None:
        self.look = look
        self._known: dict[tuple[str, str], Any] = {}
        self.base = Style() if look is None else Style(color=look.text, bgcolor=look.background)

    def of(self, span: Span) -> Any:
        """The style of a span."""
        key = span.style, span.on
        if key not in self._known:
            self._known[key] = self._style(*key)
        return self._known[key]

    def _style(self, name: str, on: str) -> Any:
        is_strong = name in ("strong", "title", "chosen")
        if self.look is None:
            return Style(
                bold=is_strong or name == "bad", dim=name == "dim", reverse=name == "chosen"
            )
        style = self.base + Style(color=self._color(name), bold=is_strong or None)
        if name == "chosen":
            style += Style(color=self.look.background, bgcolor=self.look.accent)
        return style + Style(bgcolor=self._color(on)) if on else style

    def _color(self, name: str) -> str:
        look = self.look
        assert look is not None
        if name[:1] == "s" and name[1:].isdigit():
            return look.series[int(name[1:])]
        if name[:1] == "h" and name[1:].isdigit():
            return _mixed(look.background, look.accent, _share(int(name[1:])))
        named = {"title": look.accent, "other": palette.THEMES[look.name].other}
        return named[name] if name in named else str(getattr(look, name, look.text))


def _share(level: int) -> float:
    """How much of the accent is in a level of the heat map; the square of nothing is visible."""
    return 0.08 if level == 0 else 0.2 + 0.8 * level / LEVELS


def _mixed(first: str, second: str, share: float) -> str:
    pairs = zip(_parts(first), _parts(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _parts(color: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(color[1:]))
