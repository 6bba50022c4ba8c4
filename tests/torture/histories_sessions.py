"""The life of agents' own logs: appended to, resumed, rewritten, moved, packed and deleted."""

import json
import os
import shutil
from pathlib import Path
from typing import Any, ClassVar

from torture.histories import Story, whole

MODEL = "m-1"


class Sessions(Story):
    """Files of sessions in folders of a home."""

    deeds: ClassVar[dict[str, int]] = {
        "append": 10,
        "ingest": 8,
        "ingest_twice": 1,
        "killed": 3,
        "half": 3,
        "rest": 3,
        "begin": 2,
        "repeat": 2,
        "move": 2,
        "delete": 1,
        "back": 2,
        "touch": 1,
        "forget": 1,
    }

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(folder, seed)
        self.number = 0
        self.halves: dict[Path, str] = {}
        self.away: dict[Path, bytes] = {}
        self.begin()

    def logs(self) -> list[Path]:
        """Every file that the feed looks at."""
        raise NotImplementedError

    def random_log(self) -> Path | None:
        """One of the files that no process is writing."""
        paths = [path for path in self.logs() if path not in self.halves]
        return self.lot.choice(paths) if paths else None

    def open(self) -> Path | None:
        """One that may be written to: not one that was packed."""
        paths = [path for path in self.logs() if path.suffix == ".jsonl"]
        paths = [path for path in paths if path not in self.halves]
        return self.lot.choice(paths) if paths else None

    def line(self, path: Path) -> str:
        """A further line of a file's session."""
        raise NotImplementedError

    def begin(self) -> None:
        """Begin a session."""
        raise NotImplementedError

    def time(self) -> str:
        """Later with each line, and over midnight."""
        self.number += 1
        second = self.number * 7 + 86_000
        day, second = 20 + second // 86_400, second % 86_400
        return f"2026-11-{day}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.000Z"

    def put(self, path: Path, text: str) -> None:
        with path.open("a") as file:
            file.write(text)

    def append(self) -> None:
        path = self.open()
        for _ in range(self.lot.choice((1, 2, 5, 20)) if path else 0):
            assert path is not None
            self.put(path, self.line(path) + "\n")

    def half(self) -> None:
        path = self.open()
        if path:
            text = self.line(path) + "\n"
            at = self.lot.randrange(1, len(text))
            self.put(path, text[:at])
            self.halves[path] = text[at:]

    def rest(self) -> None:
        for path, text in self.halves.items():
            if path.exists():
                self.put(path, text)
        self.halves = {}

    def delete(self) -> None:
        path = self.random_log()
        if path:
            self.away[path] = path.read_bytes()
            path.unlink()

    def back(self) -> None:
        """A deleted file is restored, as from a backup."""
        for path, data in self.away.items():
            if not path.exists():
                path.write_bytes(data)
        self.away = {}

    def touch(self) -> None:
        path = self.random_log()
        if path:
            os.utime(path)

    def forget(self) -> None:
        """The remembered offsets are deleted, which users may do."""
        shutil.rmtree(self.inside.book / "cache", ignore_errors=True)

    def compare(self) -> None:
        path = self.inside.book / "agent_usage.jsonl"
        lines = whole(path.read_bytes(), ended=False) if path.exists() else []
        rows = [json.loads(line) for line in lines]
        gone = {row.get("supersedes") for row in rows}
        worth = {**self.may}
        self.merge(worth, self.must)
        booked: dict[str, int] = {}
        for row in rows:
            if row["id"] not in gone:
                name = self.name(row)
                if name in booked:
                    self.wrong.append(f"{name} is there twice")
                booked[name] = self.tokens(row)
        for name, tokens in booked.items():
            if not self.must.get(name, 0) <= tokens <= worth.get(name, -1):
                self.wrong.append(f"{name}: {tokens}, shown {self.must.get(name)} to {worth}")
        lost = self.must.keys() - booked.keys()
        if lost:
            self.wrong.append(f"lost: {sorted(lost)}")
        if not rows:
            return
        totals = json.loads(self.inside.run("usage", "session", "--format", "json").out)["totals"]
        apart = [len(booked), sum(booked.values())]
        if apart != [totals["requests"], totals["total_tokens"]]:
            self.wrong.append(f"totals: {apart}, told: {totals}")

    def name(self, row: dict[str, Any]) -> str:
        """The key of a row in the shown requests."""
        raise NotImplementedError

    def tokens(self, row: dict[str, Any]) -> int:
        """All tokens of a row."""
        kinds = ("input", "cache_read", "cache_write_5m", "cache_write_1h", "output")
        return sum(row.get(f"{kind}_tokens") or 0 for kind in kinds)
