"""Work that is shared by two processes comes back in its order, and so does what went wrong."""

import os

import pytest

from torture.both import both


def test_results_are_in_order() -> None:
    assert both(lambda number: number * number, 7) == [0, 1, 4, 9, 16, 25, 36]
    assert len({*both(lambda number: os.getpid(), 2)}) == 2
    assert both(lambda number: number, 0) == []


@pytest.mark.parametrize("bad", [2, 3])
def test_a_failure_in_either_process_is_raised(bad: int) -> None:
    def act(number: int) -> int:
        assert number != bad, "the bad one"
        return number

    with pytest.raises(AssertionError, match="the bad one"):
        both(act, 5)
