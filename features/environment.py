"""Set-up of behave around each scenario: its own folder, which is removed afterwards."""

import signal

import words
from behave.model import Scenario
from behave.runner import Context
from scratch import Scratch

words.register()


def before_all(context: Context) -> None:
    """Let commands start with the usual signals, also when a background shell ignores them."""
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


def before_scenario(context: Context, scenario: Scenario) -> None:
    """Give the scenario its own book, config and home."""
    context.scratch = Scratch()


def after_scenario(context: Context, scenario: Scenario) -> None:
    """Leave nothing behind."""
    context.scratch.remove()
