"""Transcripts of Claude Code: streamed, resumed and compacted."""

import json
from pathlib import Path
from typing import Any, ClassVar

from torture.histories import whole
from torture.histories_sessions import MODEL, Sessions


class Claude(Sessions):
    """One line a request and more while it streams; resumed and compacted sessions copy lines."""

    feed = "claude"
    deeds: ClassVar[dict[str, int]] = {
        **Sessions.deeds,
        "stream": 3,
        "resume": 2,
        "compact": 2,
        "anew": 1,
    }

    def logs(self) -> list[Path]:
        return sorted((self.inside.home / ".claude" / "projects").rglob("*.jsonl"))

    def begin(self) -> None:
        folder = self.inside.home / ".claude" / "projects" / self.lot.choice("ab")
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"s{self.number:06}-{self.lot.randrange(10**6):06}.jsonl"
        self.put(path, json.dumps({"type": "summary", "leafUuid": "x", "at": self.time()}) + "\n")

    def line(self, path: Path) -> str:
        when = self.time()
        return self.request(path, f"{self.number:06}", when, self.lot.randrange(100, 500))

    def request(self, path: Path, name: str, when: str, output: int) -> str:
        """A line of a request, as long as any other."""
        message = {"id": f"msg_{name}", "model": MODEL, "role": "assistant"}
        message["usage"] = {"input_tokens": 10, "output_tokens": output}
        event = {"type": "assistant", "timestamp": when, "sessionId": path.stem[:7]}
        return json.dumps({**event, "requestId": f"req_{name}", "message": message, "x": "y" * 80})

    def stream(self) -> None:
        """A logged request is logged again, with more tokens."""
        path = self.open()
        lines = [line for line in self.lines(path) if '"msg_' in line] if path else []
        if lines and path:
            old = json.loads(self.lot.choice(lines[-3:]))
            output = old["message"]["usage"]["output_tokens"] + self.lot.randrange(1, 90)
            name = old["requestId"].removeprefix("req_")
            self.put(path, self.request(path, name, self.time(), output) + "\n")

    def lines(self, path: Path) -> list[str]:
        return whole(path.read_bytes(), ended=False)

    def repeat(self) -> None:
        path = self.open()
        lines = self.lines(path) if path else []
        if path and lines:
            self.put(path, "".join(f"{line}\n" for line in self.lot.choices(lines, k=3)))

    def resume(self) -> None:
        """A new session that begins with the lines of another."""
        path = self.random_log()
        if path:
            new = path.with_name(f"r{self.number:06}.jsonl")
            self.put(new, "".join(f"{line}\n" for line in self.lines(path)))
            self.put(new, self.line(new) + "\n")

    def compact(self) -> None:
        """Rewritten with its first line and its last ones, then with more."""
        path = self.open()
        if path:
            lines = self.lines(path)
            kept = lines[:1] + lines[self.lot.randrange(len(lines)) + 1 :]
            kept += [self.line(path) for _ in range(self.lot.choice((0, 1, 5, 20)))]
            path.write_text("".join(f"{line}\n" for line in kept))

    def anew(self) -> None:
        """Other lines of the same length, from a line on."""
        path = self.open()
        if path:
            lines = self.lines(path)
            at = self.lot.randrange(len(lines)) + 1
            kept = [*lines[:at], *(self.line(path) for _ in lines[at:])]
            path.write_text("".join(f"{line}\n" for line in kept))

    def move(self) -> None:
        path = self.random_log()
        if path:
            folder = path.parent.with_name("moved")
            folder.mkdir(exist_ok=True)
            path.rename(folder / path.name)

    def shown(self) -> dict[str, int]:
        seen: dict[str, int] = {}
        for path in self.logs():
            for line in self.lines(path):
                event = json.loads(line)
                if event["type"] == "assistant":
                    use = event["message"]["usage"]
                    tokens = use["input_tokens"] + use["output_tokens"]
                    self.merge(seen, {event["requestId"]: tokens})
        return seen

    def name(self, row: dict[str, Any]) -> str:
        return str(row["request_id"])
