"""The colors of the report can be read, and told apart with each kind of color vision."""

from itertools import combinations, pairwise

import pytest
from burnbook.report import palette

THEMES = [pytest.param(theme, id=name) for name, theme in palette.THEMES.items()]

# What people with a dichromacy see, for linear RGB: G. M. Machado, M. M. Oliveira and
# L. A. F. Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency"
# (2009), severity 1.0.
VISIONS = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
JUST_NOTICEABLE = 0.02  # in Oklab (CSS Color Module Level 4, "MINDE with local clipping")

# Oklab from linear sRGB: B. Ottosson, "A perceptual color space for image processing" (2020).
CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
OKLAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)


def product(matrix, vector):
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def seen(color, vision):
    """A color in Oklab as people with this vision see it."""
    light = [min(max(part, 0), 1) for part in product(VISIONS[vision], palette.linear(color))]
    return product(OKLAB, [part ** (1 / 3) for part in product(CONES, light)])


def distance(first, second, vision):
    pairs = zip(seen(first, vision), seen(second, vision), strict=True)
    return sum((a - b) ** 2 for a, b in pairs) ** 0.5


def nearest(colors, vision):
    return min((distance(*pair, vision), pair) for pair in combinations(colors, 2))


def test_the_computed_values_are_those_of_the_sources() -> None:
    assert palette.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert palette.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert seen("#ffffff", "normal") == pytest.approx([1, 0, 0], abs=1e-6)
    assert seen("#ff0000", "normal") == pytest.approx([0.627955, 0.224863, 0.125846], abs=1e-5)


@pytest.mark.parametrize("theme", THEMES)
def test_text_is_readable(theme: palette.Theme) -> None:
    for text in (theme.text, theme.dim, theme.accent):
        for page in (theme.page, theme.card):
            assert palette.contrast(text, page) >= 4.5, (text, page)
    for color in (*theme.series, *theme.steps, theme.other):
        assert palette.contrast(palette.text_on(color), color) >= 4.5, color


@pytest.mark.parametrize("theme", THEMES)
def test_series_are_visible_on_the_page(theme: palette.Theme) -> None:
    for color in (*theme.series, theme.other):
        for page in (theme.page, theme.card):
            assert palette.contrast(color, page) >= 3, (color, page)


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", THEMES)
def test_series_can_be_told_apart(theme: palette.Theme, vision: str) -> None:
    far, pair = nearest((*theme.series, theme.other), vision)
    assert far >= 3 * JUST_NOTICEABLE, pair
    far, pair = nearest(theme.series[:6], vision)
    assert far >= 4 * JUST_NOTICEABLE, pair


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", THEMES)
def test_each_step_of_a_heat_map_is_stronger_than_the_one_before(
    theme: palette.Theme, vision: str
) -> None:
    colors = (theme.page, *theme.steps)
    from_page = [palette.contrast(theme.page, color) for color in colors]
    assert from_page == sorted(from_page)
    for pair in pairwise(colors):
        assert distance(*pair, vision) >= 3 * JUST_NOTICEABLE, pair
