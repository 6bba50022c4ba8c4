"""A team of agents that shares a book: what they use, what their panes show, what they book.

The scripts run inside this process. Figures of the book are counted here from the journals alone,
so that a test compares two independent results.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from inside import Done, Inside

PANES = {
    "codex": " Account: {account}@example.com\n"
    " Weekly limit: [█] {used:g}% used (resets {at:%H:%M} on {at:%d %b})\n",
    "claude": "Current week (all models)\n██ {used:g}% used\n"
    "Resets {at:%b %d} at {at:%H:%M} ({zone})\n",
}
WEEK = timedelta(days=7)


class Member(NamedTuple):
    """An agent, its provider, and the account that it works with."""

    agent: str
    provider: str
    account: str


class Stay(NamedTuple):
    """The BEFORE and the AFTER of an agent in a window that count; None if there is none."""

    before: Any
    after: Any


class Team:
    """Members, the wall clock of their zone, and the points of each account's weekly meter.

    `resets` is the wall time of the first reset of all weekly meters.
    """

    def __init__(
        self, folder: Path, members: Iterable[Member], now: str, resets: str, zone: str = "UTC"
    ) -> None:
        self.inside, self.zone = Inside(folder, declared=False), ZoneInfo(zone)
        self.resets = datetime.fromisoformat(resets).replace(tzinfo=self.zone)
        self.members = {member.agent: member for member in members}
        self.used: dict[str, float] = {member.account: 0 for member in self.members.values()}
        self.now = datetime.fromisoformat(now).replace(tzinfo=self.zone)
        self.inside.pages()
        (self.inside.config / "windows.toml").write_text(f'timezone = "{zone}"\n')
        (self.inside.config / "agents.toml").write_text(
            "".join(
                f'[agents.{member.agent}]\nprovider = "{member.provider}"\n'
                f'capture = ["cat", "{self._pane_file(member)}"]\n'
                for member in self.members.values()
            )
        )

    def at(self, wall: str, fold: int = 0) -> None:
        """Go on to a wall time, such as 2026-10-20T09:00; `fold` 1 is the second of two."""
        self._go_to(datetime.fromisoformat(wall).replace(tzinfo=self.zone, fold=fold))

    def wait(self, duration: timedelta) -> None:
        """Go on by a duration."""
        self._go_to((_utc(self.now) + duration).astimezone(self.zone))

    def use(self, agent: str, points: float) -> None:
        """An agent uses its account."""
        self.used[self.members[agent].account] += points

    def pane(self, agent: str) -> str:
        """What the vendor shows to an agent now."""
        _, provider, account = self.members[agent]
        shown = {"used": self.used[account], "at": self.resets, "zone": self.zone.key}
        return PANES[provider].format(account=account, **shown)

    def book(
        self, action: str, agent: str, window: str | None = None, ago: timedelta = timedelta(0)
    ) -> Done:
        """`snapshot start`, `end` or `cross`, now or of some time ago."""
        words = [action, self.members[agent].provider, "--agent", agent]
        words += ["--window", window] if window else []
        pane = self.pane(agent).encode()
        return self.run("snapshot", *words, at=_utc(self.now) - ago, stdin=pane)

    def reset(self, *flags: str, failing: Collection[str] = ()) -> Done:
        """`reset`, with the captures of some agents failing."""
        for member in self.members.values():
            file = self._pane_file(member)
            if member.agent in failing:
                file.unlink(missing_ok=True)
            else:
                file.write_text(self.pane(member.agent))
        return self.run("reset", *flags, at=self.now)

    def run(self, name: str, *words: str, at: datetime, stdin: bytes = b"") -> Done:
        """A script at a moment."""
        return self.inside.run(name, *words, "--at", _utc(at).isoformat(), stdin=stdin)

    def rows(self, journal: str) -> list[Any]:
        """Every row of a journal."""
        path = self.inside.book / f"{journal}.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def snapshots(self) -> list[Any]:
        """Every snapshot that was not voided, in the order of booking."""
        rows = self.rows("snapshots")
        voided = {row.get("void") for row in rows}
        return [row for row in rows if "phase" in row and row["id"] not in voided]

    def stays(self) -> dict[tuple[str, str], Stay]:
        """By window and agent."""
        stays: dict[tuple[str, str], Stay] = {}
        for row in self.snapshots():
            stay = stays.setdefault((row["window"], row["agent"]), Stay(None, None))
            stays[row["window"], row["agent"]] = stay._replace(**{row["phase"]: row})
        return {key: _closed(stay) for key, stay in stays.items()}

    def windows(self) -> dict[str, str]:
        """The window that each agent entered last."""
        befores = [row for row in self.snapshots() if row["phase"] == "before"]
        befores.sort(key=lambda row: datetime.fromisoformat(row["captured_at"]))
        return {row["agent"]: row["window"] for row in befores}

    def _go_to(self, moment: datetime) -> None:
        self.now = moment
        while _utc(self.resets) <= _utc(moment):
            self.resets += WEEK
            self.used = dict.fromkeys(self.used, 0)

    def _pane_file(self, member: Member) -> Path:
        return self.inside.folder / f"{member.agent}.pane"


def used_percent(row: Mapping[str, Any]) -> float:
    """The number of the only meter of a snapshot."""
    [meter] = row["meters"]
    return float(meter["used_percent"])


def _closed(stay: Stay) -> Stay:
    """Without an AFTER that is older than its BEFORE."""
    before, after = stay
    is_old = before and after and after["captured_at"] < before["captured_at"]
    return Stay(before, None if is_old else after)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo("UTC"))
