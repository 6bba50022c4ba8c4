"""Rollouts of Codex: sums, forks, and files that are archived, copied and packed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import zstandard

from torture.histories import whole
from torture.histories_sessions import MODEL, Sessions


class Codex(Sessions):
    """Lines with the sums of a session so far; files are archived and packed."""

    feed = "codex"
    deeds: ClassVar[dict[str, int]] = {
        **Sessions.deeds,
        "pack": 2,
        "copy": 1,
        "fork": 2,
        "again": 1,
    }

    def logs(self) -> list[Path]:
        return sorted((self.inside.home / ".codex").rglob("rollout-*"))

    def begin(self) -> None:
        folder = self.inside.home / ".codex" / "sessions" / "2026"
        folder.mkdir(parents=True, exist_ok=True)
        when = self.time()
        path = folder / f"rollout-{self.number:06}.jsonl"
        fields = {"id": f"s{self.number:06}", "cwd": "/x"}
        self.put(path, json.dumps({"timestamp": when, "type": "session_meta", "payload": fields}))
        turn = {"timestamp": when, "type": "turn_context", "payload": {"model": MODEL}}
        self.put(path, f"\n{json.dumps(turn)}\n")

    def line(self, path: Path) -> str:
        sums = self.sums(path)
        before = sums[-1][2] if sums else (0, 0)
        more = self.lot.randrange(1, 5000), self.lot.randrange(1, 900)
        return self.token_line(self.time(), (before[0] + more[0], before[1] + more[1]))

    def token_line(self, when: str, sums: tuple[int, int]) -> str:
        use = {"input_tokens": sums[0], "cached_input_tokens": 0, "output_tokens": sums[1]}
        use |= {"reasoning_output_tokens": 0, "total_tokens": sum(sums)}
        payload = {"type": "token_count", "info": {"total_token_usage": use}, "rate_limits": None}
        return json.dumps({"timestamp": when, "type": "event_msg", "payload": payload})

    def read(self, path: Path) -> list[dict[str, Any]]:
        data = path.read_bytes()
        if path.suffix == ".zst":
            data = zstandard.ZstdDecompressor().stream_reader(data).read()
        return [json.loads(line) for line in whole(data, ended=False)]

    def sums(self, path: Path) -> list[tuple[str, str, tuple[int, int]]]:
        """(session, time, sums) of each line with sums; a fork repeats its parent's history."""
        rows = self.read(path)
        metas = [row["payload"] for row in rows if row["type"] == "session_meta"]
        begun = rows[0]["timestamp"] if rows else ""
        forked = bool(metas) and "forked_from_id" in metas[0]
        result = []
        for row in rows:
            if row["type"] == "event_msg":
                use = row["payload"]["info"]["total_token_usage"]
                old = forked and row["timestamp"] <= begun
                session = metas[-1]["id"] if old else metas[0]["id"]
                sums = use["input_tokens"], use["output_tokens"]
                result.append((session, row["timestamp"], sums))
        return result

    def repeat(self) -> None:
        """The same sums once more, as with each change of the limits."""
        path = self.open()
        sums = self.sums(path) if path else []
        if path and sums:
            self.put(path, self.token_line(self.time(), sums[-1][2]) + "\n")

    def again(self) -> None:
        """Sums that start again."""
        path = self.open()
        if path and self.sums(path):
            self.put(path, self.token_line(self.time(), (1, self.number)) + "\n")

    def move(self) -> None:
        """To the archive, or back from it."""
        path = self.random_log()
        if path and self.other(path) not in self.halves:
            self.other(path).parent.mkdir(exist_ok=True)
            path.rename(self.other(path))

    def other(self, path: Path) -> Path:
        base = self.inside.home / ".codex"
        is_kept = path.parent.name == "archived_sessions"
        return base / ("sessions/2026" if is_kept else "archived_sessions") / path.name

    def copy(self) -> None:
        path = self.random_log()
        if path and path.suffix == ".jsonl" and self.other(path) not in self.halves:
            self.other(path).parent.mkdir(exist_ok=True)
            self.other(path).write_bytes(path.read_bytes())

    def pack(self) -> None:
        path = self.open()
        if path:
            packed = path.with_name(f"{path.name}.zst")
            packed.write_bytes(zstandard.compress(path.read_bytes()))
            path.unlink()

    def fork(self) -> None:
        """A new session that begins with the history of another, which the book has seen."""
        path = self.random_log()
        if not path or not self.sums(path):
            return
        self.ingest()
        history = self.read(path)
        if any("forked_from_id" in row["payload"] for row in history):
            return
        when = self.time()
        fields = {
            "id": f"f{self.number:06}",
            "cwd": "/x",
            "forked_from_id": history[0]["payload"]["id"],
        }
        meta = {"timestamp": when, "type": "session_meta", "payload": fields}
        lines = [meta, *history]
        new = self.inside.home / ".codex" / "sessions" / "2026" / f"rollout-{self.number:06}.jsonl"
        self.put(new, "".join(json.dumps(line) + "\n" for line in lines))
        self.put(new, self.line(new) + "\n")

    def shown(self) -> dict[str, int]:
        return dict(self.requests())

    def requests(self) -> Iterator[tuple[str, int]]:
        """Each difference of sums, by its session and time."""
        for path in self.logs():
            before = (0, 0)
            for session, when, sums in self.sums(path):
                more = sum(sums) - sum(before)
                if sums != before:
                    yield f"{session} {when[:19]}", more if more >= 0 else sum(sums)
                before = sums

    def name(self, row: dict[str, Any]) -> str:
        return f"{row['session']} {row['ts'][:19]}"
