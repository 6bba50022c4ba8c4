"""Prints, installs or removes the completions of a shell."""

import os
from typing import Any

from burnbook.base.errors import UsageError
from burnbook.completions import install
from burnbook.context import Context, Result
from burnbook.view.parts import Line

_ZSH = "zsh reads it if ~/.zshrc has, before compinit: fpath=({} $fpath)"
_BASH = "bash reads it if the package bash-completion is installed"


def run(ctx: Context, args: Any) -> Result:
    """The script, or with --install and --remove what was written or removed."""
    if args.install and args.remove:
        raise UsageError("--install and --remove are given; give one of them")
    if args.remove:
        return _removed(args.shell)
    shell = args.shell or _own_shell()
    if not args.install:
        text = install.text(shell)
        return Result([], {"shell": shell, "script": text}, ready=_plain(args, text))
    done = install.install(shell, os.environ)
    for path in done.left_alone:
        ctx.notes.append(f"{path} is another program's; left alone")
    word = "installed" if done.is_new else "already installed"
    lines = [Line(f"{word} for {shell}: {done.path}", strong=True)]
    if shell == "bash":
        lines.append(Line(f"{_BASH}; it has a link for each command"))
    if shell == "zsh":
        lines.append(Line(_ZSH.format(os.path.dirname(done.path))))
    lines.append(Line("new shells complete; --remove removes it"))
    return Result(lines, {"shell": shell, "file": done.path, "new": done.is_new})


def _removed(shell: str | None) -> Result:
    shells = [shell] if shell else install.SHELLS
    done = {each: install.remove(each, os.environ) for each in shells}
    lines = [
        Line(f"removed for {each}: {removed.path}", strong=True)
        for each, removed in done.items()
        if removed.is_new
    ]
    files = [removed.path for removed in done.values() if removed.is_new]
    return Result(lines or [Line("no completions are installed", strong=True)], {"removed": files})


def _own_shell() -> str:
    name = os.path.basename(os.environ.get("SHELL", ""))
    if name not in install.SHELLS:
        raise UsageError(f"SHELL is {name!r}; name the shell: {', '.join(install.SHELLS)}")
    return name


def _plain(args: Any, text: str) -> str | None:
    return text if args.format != "json" else None
