"""Color: whether a terminal gets it, and that a table keeps it on its cells however it fits."""

import sys

import pytest
from burnbook.view import render, terminal
from burnbook.view.levels import cell, used
from burnbook.view.parts import Table


@pytest.mark.parametrize(
    ("is_terminal", "term", "has_color"),
    [(True, "xterm", True), (True, "dumb", False), (False, "xterm", False)],
)
def test_stdout_has_color_if_it_is_a_terminal(
    monkeypatch: pytest.MonkeyPatch, is_terminal: bool, term: str, has_color: bool
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal)
    assert terminal.has_color() == has_color


@pytest.mark.parametrize(
    ("percent", "level"),
    [(None, ""), (0, ""), (69.9, ""), (70, "warn"), (89.9, "warn"), (90, "bad"), (100, "bad")],
)
def test_the_level_of_a_meter(percent: float | None, level: str) -> None:
    assert used(percent) == level


def test_each_line_of_a_cell_that_was_broken_has_its_color() -> None:
    text = cell("a second process waits", "bad")
    table = Table(("Probe", "What", "More"), [("locks", text, "1")], "<<>")
    shown = render.text([table], color=True, columns=30)
    assert "\033[31ma second\033[0m" in shown
    assert "\033[31mprocess waits\033[0m" in shown
    assert "\033[31mlocks" not in shown


def test_color_takes_no_columns() -> None:
    table = Table(("Name", "Sum"), [(cell("api", "warn"), cell("1,000", "bad"))], "<>")
    plain = render.text([table], color=False)
    painted = render.text([table], color=True)
    for code in ("\033[0m", "\033[2m", "\033[31m", "\033[33m"):
        painted = painted.replace(code, "")
    assert painted == plain
