"""A second process: its messages, its errors, and its death."""

import os

import pytest
from burnbook.base.errors import BurnbookError, Busy, IOFault
from burnbook.base.worker import Channel, worker


def test_messages_go_in_both_directions() -> None:
    def double(channel: Channel) -> None:
        channel.send([2 * number for number in channel.receive(list[int])])

    with worker(double) as channel:
        channel.send([1, 2, 3])
        assert channel.receive(list[int]) == [2, 4, 6]


def test_an_error_of_the_worker_is_raised_here_with_its_exit_code() -> None:
    def fail(channel: Channel) -> None:
        raise Busy("the book is busy")

    with pytest.raises(BurnbookError, match="the book is busy") as raised, worker(fail) as channel:
        channel.receive(int)
    assert raised.value.code == Busy.code


def test_a_worker_that_dies_is_an_error() -> None:
    def die(channel: Channel) -> None:
        os._exit(1)

    with pytest.raises(IOFault, match="the second process died"), worker(die) as channel:
        channel.receive(int)
