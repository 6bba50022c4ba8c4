"""Conditions of feeds: values by column, with true different from 1."""

import pytest
from burnbook.jsonl.conditions import Conditions


@pytest.mark.parametrize(
    ("row", "all_met", "any_met"),
    [
        (("a", True), True, True),
        (("a", 1), False, True),
        (("b", True), False, True),
        ((None, 1), False, False),
        (("c", None), False, False),
    ],
)
def test_all_and_any(row: tuple[object, ...], all_met: bool, any_met: bool) -> None:
    conditions = Conditions([(0, ["a", "x"]), (1, [True])])
    assert (conditions.all(row), conditions.any(row)) == (all_met, any_met)


def test_no_conditions_are_met_by_every_row() -> None:
    none = Conditions([])
    assert (none.all(("a",)), none.any(("a",)), bool(none)) == (True, False, False)
