"""Writes the completions of a shell to the user's folder for them, and removes them."""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from importlib import resources
from shlex import quote
from typing import NamedTuple

from burnbook.base.errors import IOFault, os_sentence
from burnbook.config.settings import PROJECT

SHELLS = ("bash", "zsh", "fish")
_MARK = "# burnbook: completions for "


class Installed(NamedTuple):
    """The file of a shell, whether it changed, and the files of others with names of ours."""

    path: str
    is_new: bool
    left_alone: tuple[str, ...] = ()


def commands() -> list[str]:
    """The names that are completed: just, and every script."""
    names = sorted(os.listdir(os.path.join(PROJECT, "bin")))
    return ["just", *(name for name in names if re.fullmatch("[a-z][a-z-]*", name))]


def text(shell: str) -> str:
    """The completions of a shell, as a script that it reads."""
    asset = resources.files(__package__).joinpath("assets", f"completions.{shell}")
    root = quote(PROJECT)
    if shell == "fish":  # where a backslash escapes a quote and a backslash
        root = "'" + PROJECT.replace("\\", "\\\\").replace("'", "\\'") + "'"
    names = " ".join(commands())
    return asset.read_text("utf-8").replace("@ROOT@", root).replace("@NAMES@", names)


def path_of(shell: str, environment: Mapping[str, str]) -> str:
    """The file in the user's folder for the completions of a shell."""
    home = os.path.expanduser("~")
    data = environment.get("XDG_DATA_HOME") or os.path.join(home, ".local", "share")
    config = environment.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    if shell == "bash":
        folder = environment.get("BASH_COMPLETION_USER_DIR") or f"{data}/bash-completion"
        return os.path.join(folder, "completions", "burnbook")
    if shell == "zsh":
        return os.path.join(data, "zsh", "site-functions", "_burnbook")
    return os.path.join(config, "fish", "conf.d", "burnbook.fish")


def install(shell: str, environment: Mapping[str, str]) -> Installed:
    """Writes the file, and for bash a link for each command. Raises IOFault."""
    path, new = path_of(shell, environment), text(shell)
    try:
        old = _read(path)
        if old is not None and _MARK not in old:
            raise IOFault(f"{path} is not a file of burnbook; move it away")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if old != new:
            draft = f"{path}.{os.getpid()}"
            with open(draft, "w", encoding="utf-8") as file:
                file.write(new)
            os.replace(draft, path)
        linked, foreign = _link(path) if shell == "bash" else (False, ())
    except OSError as error:
        raise IOFault(os_sentence("cannot write the completions", error)) from None
    return Installed(path, old != new or linked, foreign)


def remove(shell: str, environment: Mapping[str, str]) -> Installed:
    """Removes what `install` wrote, and nothing else. Raises IOFault."""
    path = path_of(shell, environment)
    try:
        text = _read(path)
        if text is None or _MARK not in text:
            return Installed(path, False)
        for link in _links(path) if shell == "bash" else ():
            os.unlink(link)
        os.unlink(path)
    except OSError as error:
        raise IOFault(os_sentence("cannot remove the completions", error)) from None
    return Installed(path, True)


def _link(path: str) -> tuple[bool, tuple[str, ...]]:
    """Links every command to the file: bash reads the file that has the command's name."""
    folder, name = os.path.split(path)
    own, foreign, is_new = set(_links(path)), [], False
    wanted = [os.path.join(folder, command) for command in commands()]
    for link in wanted:
        if link in own:
            continue
        try:
            os.symlink(name, link)
            is_new = True
        except FileExistsError:
            foreign.append(link)
    for link in own - {*wanted}:
        os.unlink(link)
        is_new = True
    return is_new, tuple(foreign)


def _links(path: str) -> list[str]:
    folder, name = os.path.split(path)
    found = []
    for each in os.listdir(folder):
        with suppress(OSError):  # not a link
            if os.readlink(os.path.join(folder, each)) == name:
                found.append(os.path.join(folder, each))
    return found


def _read(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return None
