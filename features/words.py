"""The kinds of word in the sentences of steps: names, quoted texts, moments and actions."""

import json

import parse
from behave import register_type
from scratch import moment

_ACTIONS = {"starts": "start", "ends": "end", "crosses": "cross"}


@parse.with_pattern(r"\S+")
def _word(text: str) -> str:
    return text


@parse.with_pattern(r'"(?:[^"\\]|\\.)*"')
def _quoted(text: str) -> str:
    r"""A JSON string: `"a\n"` ends with a newline."""
    value = json.loads(text)
    assert isinstance(value, str)
    return value


@parse.with_pattern(r"(?:\d{4}-\d\d-\d\d )?\d\d:\d\d")
def _moment(text: str) -> str:
    return moment(text)


@parse.with_pattern("|".join(_ACTIONS))
def _action(text: str) -> str:
    return _ACTIONS[text]


def register() -> None:
    """Make the kinds known to behave; before any step is loaded."""
    register_type(Word=_word, Quoted=_quoted, Moment=_moment, Action=_action)
