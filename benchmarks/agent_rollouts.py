"""Codex's rollouts, as `agent_logs` makes them: repeated and falling sums, forks, records."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from agent_logs import PROJECTS, Maker, Truth, iso, line, project

MODELS = ("gpt-5.1-codex", "gpt-5.2-codex", "gpt-5.1-codex-mini")
NAMES = (
    *("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens"),
    "total_tokens",
)
Event = tuple[datetime, dict[str, Any]]


class Codex:
    """Rollouts. Some are forks, which begin with their parent's history."""

    def __init__(self, maker: Maker, truth: Truth) -> None:
        self.maker, self.truth = maker, truth
        self.parents: list[Session] = []

    def make(self, home: Path, count: int, megabytes: float) -> None:
        """Write the files."""
        maker, chance = self.maker, self.maker.random
        for at, size in enumerate(maker.sizes(count, megabytes)):
            session = Session(self, maker.moment())
            if self.parents and chance.random() < 0.08:
                session.fork(chance.choice(self.parents))
            session.run(size)
            if len(session.marks) > 4 and len(self.parents) < 80:
                self.parents.append(session)
            kept = "archived_sessions" if chance.random() < 0.1 else "sessions"
            folder = home / ".codex" / kept
            day = session.began.strftime("%Y/%m/%d")
            name = f"rollout-{session.began:%Y-%m-%dT%H-%M-%S}-{session.id}.jsonl"
            lines = [line({"timestamp": iso(t), **event}) for t, event in session.lines]
            maker.write(folder / day / name, lines, 10_000 + at)


class Session:
    """One rollout under way."""

    def __init__(self, codex: Codex, began: datetime) -> None:
        self.codex, self.maker, self.began = codex, codex.maker, began
        self.id, self.cwd = self.maker.uuid(), self.maker.random.choice(PROJECTS)
        self.now = began
        self.sums = [0] * 5
        self.held, self.bytes = 9_000, 0
        self.has_records = self.maker.random.random() < 0.1
        self.lines: list[Event] = []
        self.marks: list[tuple[int, list[int], int]] = []
        self.parent: str | None = None
        self.model = MODELS[0]

    def put(self, kind: str, payload: dict[str, Any]) -> None:
        """A line."""
        self.lines.append((self.now, {"type": kind, "payload": payload}))
        self.bytes += 160 + sum(len(v) for v in payload.values() if isinstance(v, str))

    def meta(self) -> None:
        """The first line."""
        payload: dict[str, Any] = {"id": self.id, "cwd": self.cwd, "cli_version": "0.98.0"}
        if self.parent is not None:
            payload["forked_from_id"] = self.parent
        payload |= {
            "source": "cli",
            "instructions": self.maker.text(4000),
            "git": {"branch": "main"},
        }
        self.put("session_meta", payload)

    def fork(self, parent: "Session") -> None:
        """Repeat half of a parent's history, with its own times or with those of the fork."""
        end, sums, self.held = parent.marks[len(parent.marks) // 2]
        events = parent.lines[:end]
        self.parent, self.sums, self.has_records = parent.id, list(sums), parent.has_records
        self.began = self.now = max(events[-1][0] + timedelta(minutes=5), self.began)
        self.meta()
        is_rewritten = self.maker.random.random() < 0.5
        for at, (moment, event) in enumerate(events):
            ms = timedelta(milliseconds=min(at, 900))
            self.lines.append((self.now + ms if is_rewritten else moment, event))
        self.now += timedelta(seconds=3)

    def run(self, size: int) -> None:
        """Work until the file is long enough."""
        chance = self.maker.random
        if self.parent is None:
            self.meta()
            self.count(None)
        while True:
            self.now += timedelta(seconds=chance.expovariate(1 / 60))
            self.model = chance.choices(MODELS, [5, 4, 1])[0]
            self.put("turn_context", {"cwd": self.cwd, "model": self.model, "effort": "high"})
            prompt = self.maker.text(300)
            self.put("event_msg", {"type": "user_message", "message": prompt, "images": []})
            for _ in range(self.maker.number(1.6, 0.8)):
                self.request()
                if self.bytes >= size:
                    return

    def request(self) -> None:
        """A request, and what it brings with it."""
        maker, chance = self.maker, self.maker.random
        self.now += timedelta(seconds=chance.expovariate(1 / 12))
        call = maker.name("call_")
        if chance.random() < 0.5:
            thought = {"type": "reasoning", "encrypted_content": maker.name("gA", 900)}
            self.put("response_item", thought)
        payload = {"type": "function_call", "call_id": call, "arguments": maker.text(90)}
        self.put("response_item", payload)
        if self.sums[4] > 900_000 and chance.random() < 0.01:
            self.sums, self.held = [0] * 5, 9_000  # compacted: its sums begin again
        output = maker.number(5, 1.1)
        last = [self.held, self.held * 9 // 10, output, int(output * chance.random() * 0.6)]
        last.append(last[0] + last[2])
        self.sums = [a + b for a, b in zip(self.sums, last, strict=True)]
        self.held = self.held + maker.number(6.5) if self.held < 200_000 else 12_000
        if self.has_records:
            usage = dict(zip(NAMES, last, strict=True))
            self.put("token_usage_record", {"response_id": maker.name("resp_"), "usage": usage})
        self.count(last)
        counts = (last[0] - last[1], last[1], 0, 0, last[2], last[3])
        key = ("codex", iso(self.now)[:10], self.model, self.id, project(self.cwd))
        self.codex.truth.add(key, counts)
        self.marks.append((len(self.lines), self.sums, self.held))
        payload = {"type": "function_call_output", "call_id": call}
        output_text = maker.text(maker.number(7.8) % 30_000)
        self.put("response_item", payload | {"output": output_text})
        if chance.random() < 0.05:
            self.now += timedelta(seconds=2)
            self.count(last)  # the limits were refreshed: the same sums again

    def count(self, last: list[int] | None) -> None:
        """The sums so far; the first line of a session has none, some have no limits."""
        info = last and {
            "total_token_usage": dict(zip(NAMES, self.sums, strict=True)),
            "last_token_usage": dict(zip(NAMES, last, strict=True)),
            "model_context_window": 258_400,
        }
        resets = int(self.now.timestamp())
        limits = {
            "primary": {"used_percent": 11.5, "window_minutes": 300, "resets_at": resets + 9000},
            "secondary": {"used_percent": 24.0, "window_minutes": 10_080, "resets_at": resets},
        }
        shown_limits = None if self.maker.random.random() < 0.1 else limits
        self.put("event_msg", {"type": "token_count", "info": info, "rate_limits": shown_limits})
