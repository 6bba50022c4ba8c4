"""The output of the last command: exit code, stdout, stderr and JSON."""

import os
import re

from behave import then
from behave.runner import Context
from scratch import Scratch, shown, value_at

_CODES = {
    **{"bold": "\033[1m", "dim": "\033[2m"},
    **{"red": "\033[31m", "green": "\033[32m", "yellow": "\033[33m"},
}
_CRC = re.compile(r"\b[0-9a-f]{8}\b")


@then("it prints")
def prints(context: Context) -> None:
    _succeeded(context.scratch)
    _same(_bare(context.scratch.stdout), _bare(context.text))


@then('it prints "{text}"')
def prints_one(context: Context, text: str) -> None:
    _succeeded(context.scratch)
    _same(context.scratch.stdout.strip(), text)


@then("it prints nothing")
def prints_nothing(context: Context) -> None:
    _same(context.scratch.stdout, "")


@then("the first line is {text:Quoted}")
def first_line(context: Context, text: str) -> None:
    _succeeded(context.scratch)
    _same(context.scratch.stdout.partition("\n")[0], text)


@then("it prints the lines")
def prints_lines(context: Context) -> None:
    """Each line of the text is in the output, in this order, whatever the spaces."""
    _succeeded(context.scratch)
    lines = [" ".join(line.split()) for line in context.scratch.stdout.splitlines()]
    rest = iter(lines)
    for wanted in context.text.splitlines():
        assert " ".join(wanted.split()) in rest, f"no line {wanted!r} here in:\n" + "\n".join(lines)


@then('it prints a line with "{text}"')
def prints_a_line_with(context: Context, text: str) -> None:
    _succeeded(context.scratch)
    assert any(text in line for line in context.scratch.stdout.splitlines()), context.scratch.stdout


@then('it prints no line with "{text}"')
def prints_no(context: Context, text: str) -> None:
    _succeeded(context.scratch)
    assert context.scratch.stdout, "it printed nothing at all"
    assert text not in context.scratch.stdout, context.scratch.stdout


@then("no line is longer than {width:d} characters")
def narrow(context: Context, width: int) -> None:
    assert context.scratch.stdout, "it printed nothing at all"
    too_long = [line for line in context.scratch.stdout.splitlines() if len(line) > width]
    assert not too_long, too_long


@then("{text:Quoted} is {colors}")
def is_colored(context: Context, text: str, colors: str) -> None:
    """A terminal shows the text in these colors, and nothing else in them."""
    codes = "".join(_CODES[color] for color in colors.split())
    spans = re.findall(r"((?:\033\[[1-9]\d?m)+)([^\033]*)\033\[0m", context.scratch.stdout)
    found = [(words, style) for style, words in spans if text == words.strip()]
    assert (text, codes) in [(words.strip(), style) for words, style in found], spans


@then("nothing is in color")
def is_plain(context: Context) -> None:
    assert context.scratch.stdout, "it printed nothing at all"
    assert "\033" not in context.scratch.stdout, repr(context.scratch.stdout)


@then("it warns")
def notes(context: Context) -> None:
    """It succeeded all the same, and stderr is this one line."""
    _succeeded(context.scratch)
    _same(_one_line(context.scratch), _joined(context.text))


@then("it prints no message")
def notes_nothing(context: Context) -> None:
    _succeeded(context.scratch)
    _same(context.scratch.stderr, "")


@then("it exits with {code:d} and says")
def fails(context: Context, code: int) -> None:
    """A failure: the exit code, no result, and one sentence."""
    _same(context.scratch.code, code)
    _same(context.scratch.stdout, "")
    _same(_one_line(context.scratch), _joined(context.text))


@then('it exits with {code:d} and says "{text}"')
def fails_with(context: Context, code: int, text: str) -> None:
    """The same, with a part of the sentence."""
    _same(context.scratch.code, code)
    _same(context.scratch.stdout, "")
    line = _one_line(context.scratch)
    assert text in line, line


@then("it exits with {code:d} and prints")
def fails_in_part(context: Context, code: int) -> None:
    """A failure that has a result all the same."""
    _same(context.scratch.code, code)
    _same(_bare(context.scratch.stdout), _bare(context.text))
    assert context.scratch.stderr, "it says no reason"


@then("it finds the faults")
def finds(context: Context) -> None:
    """It exits with 1, and prints a line for each fault below their number."""
    _same(context.scratch.code, 1)
    _same(context.scratch.stderr, "")
    shown = context.scratch.stdout.replace(f"host {os.uname().nodename} ", "host HOST ")
    count, *actual = _CRC.sub("CRC", shown).splitlines()
    _same("\n".join(actual), _bare(context.text))
    _same(count.partition(":")[0], "1 fault" if len(actual) == 1 else f"{len(actual)} faults")


@then("each of these exits with {code:d}, says so in one sentence, and creates nothing")
def each_fails(context: Context, code: int) -> None:
    for row in context.table:
        command = row["command"]
        context.scratch.run_line(command)
        assert context.scratch.code == code, f"{command}: exit code {context.scratch.code}"
        assert not context.scratch.stdout, f"{command}: {context.scratch.stdout}"
        assert _one_line(context.scratch), command
        assert not context.scratch.changes(), f"{command}: {context.scratch.changes()}"


@then("it exits with {code:d}")
def exits(context: Context, code: int) -> None:
    assert context.scratch.code == code, f"{context.scratch.code}: {context.scratch.stderr}"


@then('the JSON value at "{path}" is {value}')
def json_value(context: Context, path: str, value: str) -> None:
    _succeeded(context.scratch)
    _same(shown(value_at(context.scratch.json(), path)), value)


@then("the JSON has")
def json_values(context: Context) -> None:
    """A table of paths and values."""
    data = context.scratch.json()
    for row in context.table:
        path, value = row["path"], shown(value_at(data, row["path"]))
        assert value == row["value"], f"{path} is {value!r}, not {row['value']!r}"


@then('the JSON rows at "{path}" are')
def json_rows(context: Context, path: str) -> None:
    """Every element of the list at the path, by the columns of the table."""
    _succeeded(context.scratch)
    heads = context.table.headings
    actual = [
        [shown(value_at(entry, head)) for head in heads]
        for entry in value_at(context.scratch.json(), path)
    ]
    _same(actual, [[row[head] for head in heads] for row in context.table])


@then("the JSON begins with the keys {keys}")
def json_keys(context: Context, keys: str) -> None:
    wanted = keys.split(", ")
    _same(list(context.scratch.json())[: len(wanted)], wanted)


def _succeeded(scratch: Scratch) -> None:
    assert scratch.code == 0, f"exit code {scratch.code}: {scratch.stderr or scratch.stdout}"


def _same(actual: object, wanted: object) -> None:
    assert actual == wanted, f"found:\n{actual}\nwanted:\n{wanted}"


def _bare(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())


def _joined(text: str) -> str:
    return " ".join(text.split())


def _one_line(scratch: Scratch) -> str:
    lines = scratch.stderr.splitlines()
    assert len(lines) == 1, f"not one line: {scratch.stderr!r}"
    return lines[0]
