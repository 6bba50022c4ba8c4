"""Answers a shell: the candidates for the last word of a command line."""

import importlib.machinery
import importlib.util
import os
import re
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType

from burnbook.completions.arguments import FILES, FOLDERS, Candidate, candidates
from burnbook.completions.recipes import recipes

Parser = Callable[[str, str, Callable[[ArgumentParser], None]], ArgumentParser]

_PROJECT = os.path.realpath(__file__).rsplit(os.sep, 4)[0]
_SPECIAL = re.compile(r"([^\w@%+=:,./-])")


def answer(shell: str, words: Sequence[str], parser: Parser) -> str:
    """Returns the candidates for the last of the words, as lines for a shell.

    `words` begin with the name of the command: `just`, or that of a script. Bash passes them as
    typed, split at `=`; zsh and fish pass them without quotes. A line is `:files` or `:dirs` if the
    shell is to complete these.
    """
    raw, behind = words[-1], ""
    if shell == "bash":
        words, behind = _of_bash(words)
    found = _found(words[:-1], words[-1], parser)
    if shell == "fish":
        return "".join(f"{each.value}\t{_brief(each)}".rstrip() + "\n" for each in found)
    if shell == "zsh":
        return "".join(f"{_of_zsh(each)}\n" for each in found)
    values = (each.value.removeprefix(behind) for each in found)
    return "".join(f"{_quoted(value, raw)}\n" for value in values)


def _found(before: Sequence[str], prefix: str, parser: Parser) -> Iterator[Candidate]:
    if not before:
        return
    words = [*before]
    if words[0] == "just":
        words = [word for n, word in enumerate(words) if n == 0 or n > 1 or word[:1] != "-"]
        if len(words) == 1:
            yield from (
                Candidate(each.name, each.doc)
                for each in recipes(_PROJECT)
                if each.name.startswith(prefix)
            )
            return
        words[:2] = next((each.call for each in recipes(_PROJECT) if each.name == words[1]), ())
    if not words or not os.path.isfile(os.path.join(_PROJECT, "bin", words[0])):
        return
    script = _script(words[0])
    of_script = parser(words[0], script.__doc__ or "", script.flags)
    yield from candidates(of_script, words[1:], prefix, lambda kind: _names(words, kind))


def _names(words: Sequence[str], kind: str) -> Iterator[Candidate]:
    from burnbook.completions import names  # flags and recipes need neither book nor config
    from burnbook.config import settings

    folders = _value(words, "--data-dir"), _value(words, "--config-dir")
    return names.of(settings.resolve(*folders, settings.DEFAULT_AGENT), kind)


def _script(name: str) -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("script", os.path.join(_PROJECT, "bin", name))
    spec = importlib.util.spec_from_loader("script", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def _value(words: Sequence[str], flag: str) -> str | None:
    """The value of a flag on the line, as in `--data-dir DIR` or `--data-dir=DIR`."""
    value = None
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == flag:
            value = following
        elif word.startswith(f"{flag}="):
            value = word.partition("=")[2]
    return os.path.expanduser(value) if value else None


def _of_bash(words: Sequence[str]) -> tuple[list[str], str]:
    """Words without quotes and joined at `=`, and what bash leaves as it is of the last."""
    joined: list[str] = []
    is_open = False
    for word in map(_unquoted, words):
        if joined and (word == "=" or is_open) and joined[-1].startswith("--"):
            joined[-1] += word
        else:
            joined.append(word)
        is_open = word == "="
    name, equals, _ = joined[-1].partition("=")
    was_split = len(joined) < len(words) and words[-1] != joined[-1]
    return joined, f"{name}=" if equals and was_split else ""


def _unquoted(word: str) -> str:
    quote = word[:1]
    if quote and quote in "'\"":
        return word[1:].removesuffix(quote)
    return re.sub(r"\\(.)", r"\1", word)


def _quoted(value: str, raw: str) -> str:
    """A value as bash inserts it; in open quotes as it is."""
    if value in (FILES, FOLDERS) or raw[:1] in ("'", '"'):
        return value
    return _SPECIAL.sub(r"\\\1", value)


def _of_zsh(each: Candidate) -> str:
    if each.value in (FILES, FOLDERS):
        return each.value
    value = each.value.replace("\\", "\\\\").replace(":", "\\:")
    return f"{value}:{_brief(each)}" if each.help else value


def _brief(each: Candidate) -> str:
    """What a candidate is, in one line."""
    return " ".join(each.help.split())[:100]


def print_answer(words: Sequence[str], parser: Parser) -> None:
    """Prints the answer; nothing if there is an error, because a message would be in the prompt.

    BURNBOOK_DEBUG=1 shows a traceback.
    """
    try:
        text = answer(words[0], words[1:], parser) if len(words) > 1 else ""
    except Exception:
        if os.environ.get("BURNBOOK_DEBUG"):
            raise
        text = ""
    os.write(1, text.encode("utf-8", "surrogateescape"))
