"""Panes as Codex and Claude paint them, from a short text such as `5h 11%, weekly 24%`.

    5h 11%                    the used percentage; the reset is the default one
    5h 11% resets 19:01       the reset in the words of the pane
    5h -                      the number is missing
    context 150K              tokens in the context, of 272K
    account ada@example.com   the account, which only Codex shows

Codex has the meters 5h and weekly, Claude has session and week.
"""

import re
from collections.abc import Callable

_PART = re.compile(r"(?P<name>\S+) (?P<value>\S+?)%?(?: resets (?P<resets>.+))?")
_CODEX = {"5h": ("5h limit:", "13:10"), "weekly": ("Weekly limit:", "07:30 on 26 Nov")}
_CLAUDE = {
    "session": ("Current session", "2pm (UTC)"),
    "week": ("Current week (all models)", "Nov 27 at 8pm (UTC)"),
}


def codex(parts: list[re.Match[str]]) -> str:
    """A `/status` pane."""
    lines = []
    for part in parts:
        if part["name"] == "context":
            lines.append(f"Context window:  40% left ({part['value']} used / 272K)")
            continue
        if part["name"] == "account":
            lines.append(f"Account:  {part['value']} (Pro)")
            continue
        label, usual = _CODEX[part["name"]]
        number = "" if part["value"] == "-" else f"{part['value']}% used "
        bar = "█" * (int(float(part["value"])) // 10 if number else 0)
        resets = part["resets"] or usual
        lines.append(f"{label:<17}[{bar:░<10}] {number}(resets {resets})")
    return "".join(f"│  {line:<66}│\n" for line in lines)


def claude(parts: list[re.Match[str]]) -> str:
    """A `/usage` pane."""
    lines = []
    for part in parts:
        title, usual = _CLAUDE[part["name"]]
        bar = "█" * (int(float(part["value"])) // 2)
        lines.append(f" {title}\n {bar:<50} {part['value']}% used\n")
        lines.append(f" Resets {part['resets'] or usual}\n\n")
    return "".join(lines)


_PAINTERS: dict[str, Callable[[list[re.Match[str]]], str]] = {"codex": codex, "claude": claude}


def pane(provider: str, text: str) -> str:
    """The pane of a provider with the meters in the text."""
    parts = [_PART.fullmatch(part.strip()) for part in text.split(",")]
    assert all(parts), f"{text!r} is not like '5h 11%, weekly 24% resets 07:30 on 26 Nov'"
    return _PAINTERS[provider]([part for part in parts if part])
