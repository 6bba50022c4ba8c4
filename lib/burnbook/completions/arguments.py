"""What the word at the cursor may be: a flag, a choice, a name, a file or a folder."""

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

FILES, FOLDERS = ":files", ":dirs"

# The kind of name that an argument is, by its destination; `script dest` has precedence.
_KINDS = {
    **{"window": "windows", "agent": "agents", "feed": "feeds", "provider": "providers"},
    **{"block": "blocks", "due": "jobs", "as": "formats", "only": "letters"},
    **{"capture name": "captures", "usage tool": "tools", "usage project": "projects"},
    **{"usage model": "models", "prices explain": "models"},
}
_METAVARS = {
    **{"DIR": FOLDERS, "FOLDER": FOLDERS, "FILE": FILES, "F": FILES, "PATH": FILES},
    "DAY": "days",
}


class Candidate(NamedTuple):
    """A word that may be completed, and what it is."""

    value: str
    help: str = ""


Names = Callable[[str], Iterable[Candidate]]


def candidates(
    parser: argparse.ArgumentParser, before: Sequence[str], prefix: str, names: Names
) -> Iterator[Candidate]:
    """Yields the candidates for a word that begins with `prefix`, after the words `before`.

    `names` returns the names of a kind. FILES or FOLDERS alone means that the shell completes.
    """
    for each in _all(parser, before, prefix, names):
        if each.value in (FILES, FOLDERS) or each.value.startswith(prefix):
            yield each


def _all(
    parser: argparse.ArgumentParser, before: Sequence[str], prefix: str, names: Names
) -> Iterable[Candidate]:
    flags = {name: each for each in parser._actions for name in each.option_strings}
    positionals = [each for each in parser._actions if not each.option_strings]
    open_flag: argparse.Action | None = None
    used, count, is_flag = set[str](), 0, True
    for word in before:
        if is_flag and word == "--":
            is_flag, open_flag = False, None
        elif is_flag and word.startswith("-") and word != "-":
            name, equals, _ = word.partition("=")
            used.add(name)
            flag = flags.get(name)
            open_flag = None if equals or flag is None or flag.nargs == 0 else flag
        elif open_flag is not None:
            open_flag = open_flag if open_flag.nargs == "+" else None
        else:
            count += 1
    if open_flag is not None and not (open_flag.nargs == "+" and prefix.startswith("-")):
        return _values(parser.prog, open_flag, names)
    if is_flag and prefix.startswith("-"):
        name, equals, _ = prefix.partition("=")
        if not equals:
            return _flags(parser, used)
        flag = flags.get(name)
        if flag is None or flag.nargs == 0:
            return ()
        found = _values(parser.prog, flag, names)
        return (each._replace(value=f"{name}={each.value}") for each in found)
    if count < len(positionals):
        return _values(parser.prog, positionals[count], names)
    return _flags(parser, used) if is_flag and not prefix else ()


def _values(script: str, action: argparse.Action, names: Names) -> Iterable[Candidate]:
    if action.choices is not None:
        return [Candidate(str(choice)) for choice in action.choices]
    metavar = action.metavar if isinstance(action.metavar, str) else ""
    kind = _KINDS.get(f"{script} {action.dest}") or _KINDS.get(action.dest)
    kind = kind or _METAVARS.get(metavar)
    if kind in (FILES, FOLDERS):
        return [Candidate(kind)]
    return names(kind) if kind else ()


def _flags(parser: argparse.ArgumentParser, used: set[str]) -> Iterator[Candidate]:
    for action in parser._actions:
        repeats = isinstance(action, argparse._AppendAction)
        if action.help == argparse.SUPPRESS or (not repeats and used & {*action.option_strings}):
            continue
        for name in action.option_strings:
            if name.startswith("--"):
                yield Candidate(name, action.help or "")
