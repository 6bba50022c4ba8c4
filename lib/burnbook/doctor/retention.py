"""Warns about agents that delete their logs before a job reads them."""

import json
import os
import re
from collections.abc import Iterator
from glob import escape, glob
from typing import Any

from burnbook.agent_logs.ingest import unread
from burnbook.base.errors import BurnbookError
from burnbook.base.files import without_home
from burnbook.base.json_path import split, value_at
from burnbook.base.text import plural
from burnbook.config.agent_logs import LogFeed
from burnbook.config.agent_logs.retention import Retention
from burnbook.config.loader import Config
from burnbook.doctor import Probed
from burnbook.jsonl import sources
from burnbook.schedule import installed

AREA = "logs"
_ENOUGH = 365  # days
_LONGEST = 1 << 20  # bytes of a file of settings
_DURATION = re.compile(r"(\d{1,9})([hdwm])")
_DAYS = {"h": 1 / 24, "d": 1, "w": 7, "m": 30}
_COMMENT = re.compile(r'("(?:\\.|[^"\\])*"?)|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_MOST = 10**9  # days


def probe(config: Config) -> Iterator[Probed]:
    """A probe for each agent on this machine that deletes its logs."""
    commands = [*installed.commands()]
    for name in config.feed_names:
        try:
            feed = config.feed(name)
            if isinstance(feed, LogFeed) and feed.retention and unread.is_here(feed):
                yield _probe(name, feed, feed.retention, commands)
        except BurnbookError:
            continue  # reported by the probe of the config, or of the folder


def _probe(name: str, feed: LogFeed, retention: Retention, commands: list[list[str]]) -> Probed:
    """The shortest time of the agent's folders counts."""
    title, kept = feed.title or name, []
    for root in sources.roots(feed):
        if os.path.isdir(root):
            kept.append((days(retention, root), os.path.join(root, _own_file(retention))))
    shortest, path = min(kept, default=(float(retention.days), _own_file(retention)))
    label = f"{name} retention"
    if shortest == float("inf"):
        return Probed(AREA, label, "ok", f"{title} keeps its logs")
    deletes = f"{title} deletes its logs after {_shown(shortest)} ({retention.key})"
    if shortest >= _ENOUGH:
        return Probed(AREA, label, "ok", deletes)
    if installed.ingests(name, commands):
        return Probed(AREA, label, "ok", f"{deletes}; a job reads them before")
    setting = f"set {retention.key} to {_ENOUGH} days or more in {without_home(path)}"
    action = f"run ./just schedule install, or {setting}"
    return Probed(AREA, label, "warn", f"{deletes}, and no job reads them; {action}")


def days(retention: Retention, root: str) -> float:
    """After how many days the agent with this folder deletes a log; infinity: never."""
    shown, is_enabled = float(retention.days), True
    for pattern in retention.files:
        for path in sorted(glob(os.path.join(escape(root), pattern))):
            settings = _settings(path)
            given = _days(value_at(settings, split(retention.key)))
            shown = shown if given is None else given
            if retention.enabled is not None:
                switch = value_at(settings, split(retention.enabled))
                is_enabled = switch if isinstance(switch, bool) else is_enabled
    return shown if is_enabled else float("inf")


def _days(value: Any) -> float | None:
    """The days of a number, or of a text such as `30d`; None if it is neither."""
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
        return float(min(value, _MOST))
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    return int(match[1]) * _DAYS[match[2]] if match else None


def _settings(path: str) -> Any:
    """The settings in a file, in which agents allow comments; None if it cannot be read."""
    try:
        with open(path, encoding="utf-8", opener=_open) as file:
            text = file.read(_LONGEST)
        return json.loads(_COMMENT.sub(lambda match: match[1] or " ", text))
    except (OSError, ValueError, RecursionError):
        return None


def _open(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def _own_file(retention: Retention) -> str:
    """The user's own file of settings."""
    return next((name for name in retention.files if not name.startswith("/")), retention.files[0])


def _shown(count: float) -> str:
    return plural(int(count), "day") if count == int(count) else f"{count:.1f} days"
