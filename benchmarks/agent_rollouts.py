"""Codex's rollouts, as `agent_logs` makes them, in the forms of four of its versions.

`old`: turns have no ids. `turns`: they have. `records`: each response has a line of its own as
well. `paginated`: lines are numbered, and a fork refers to its parent's file instead of copying it.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from agent_logs import PROJECTS, Maker, Truth, iso, line, project

VERSIONS = {"old": "0.46.0", "turns": "0.148.0", "records": "0.153.0", "paginated": "0.171.0"}
MODELS = ("gpt-5.1-codex", "gpt-5.2-codex", "gpt-5.1-codex-mini")
NAMES = (
    *("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens"),
    *("total_tokens", "cache_write_input_tokens"),
)
Event = tuple[datetime, str, dict[str, Any]]


class Rollout:
    """One file. `marks`: after each turn, the number of lines, the sums and the context's size."""

    def __init__(
        self, maker: Maker, truth: Truth, form: str, started: datetime, meta: dict[str, Any]
    ) -> None:
        self.maker, self.truth, self.form = maker, truth, form
        self.started = self.now = started
        self.id, self.cwd = maker.uuid7(started), maker.random.choice(PROJECTS)
        self.lines: list[Event] = []
        self.marks: list[tuple[int, list[int], int]] = []
        self.sums, self.context_size = [0] * 6, 9_000
        self.bytes, self.first_ordinal = 0, 0
        self.model = MODELS[0]
        self.turn_id: str | None = None
        version = {"cli_version": VERSIONS[form], "source": "cli", "model_provider": "openai"}
        own = {"id": self.id, "session_id": self.id, "timestamp": iso(started), "cwd": self.cwd}
        self.meta = own | version | {"git": {"branch": "main"}, "instructions": maker.text(4000)}
        self.meta |= meta | ({"history_mode": "paginated"} if form == "paginated" else {})
        self.put("session_meta", self.meta)

    def put(self, kind: str, payload: dict[str, Any]) -> None:
        """Add a line."""
        self.lines.append((self.now, kind, payload))
        self.bytes += 160 + sum(len(v) for v in payload.values() if isinstance(v, str))

    def wait(self, least: float, most: float) -> None:
        """Let some seconds pass; lines have milliseconds."""
        self.now += timedelta(milliseconds=round(1000 * self.maker.random.uniform(least, most)))

    def turn(self, requests: int, gap: tuple[float, float] = (4.0, 120.0)) -> None:
        """A turn with some requests, so many seconds after the line before.

        If these are less than 2, the first request is as fast.
        """
        self.wait(*gap)
        self.model = self.maker.random.choices(MODELS, [5, 4, 1])[0]
        context = {"cwd": self.cwd, "model": self.model, "effort": "high"}
        if self.form != "old":
            self.turn_id = context["turn_id"] = self.maker.uuid7(self.now)
            started = {"turn_id": self.turn_id, "started_at": int(self.now.timestamp())}
            self.put("event_msg", {"type": "task_started", **started})
        self.put("turn_context", context)
        self.put("event_msg", {"type": "user_message", "message": self.maker.text(300)})
        for number in range(requests):
            self.request(gap if gap[1] < 2 and number == 0 else (2.0, 30.0))
        self.marks.append((len(self.lines), list(self.sums), self.context_size))

    def request(self, gap: tuple[float, float] = (2.0, 30.0)) -> None:
        """A request, the lines around it, and at times the same sums again."""
        maker, chance = self.maker, self.maker.random
        self.wait(*gap)
        call = maker.name("call_")
        if chance.random() < 0.5:
            thought = {"type": "reasoning", "encrypted_content": maker.name("gA", 900)}
            self.put("response_item", thought)
        arguments = {"type": "function_call", "call_id": call, "arguments": maker.text(90)}
        self.put("response_item", arguments)
        cached = self.context_size * 9 // 10
        written = (self.context_size - cached) // 2 if self.form == "paginated" else 0
        output = maker.number(5, 1.1)
        last = [self.context_size, cached, output, int(output * chance.random() * 0.6)]
        last += [last[0] + output, written]
        self.sums = [a + b for a, b in zip(self.sums, last, strict=True)]
        more = self.context_size + maker.number(6.5)
        self.context_size = more if self.context_size < 200_000 else 12_000
        if self.form in ("records", "paginated"):
            record = {"thread_id": self.id, "turn_id": self.turn_id, "usage": self.usage(last)}
            self.put("token_usage_record", {"response_id": maker.name("resp_"), **record})
        self.count(self.sums, last)
        key = ("codex", iso(self.now)[:10], self.model, self.id, project(self.cwd))
        counts = (last[0] - cached - written, cached, written, 0, output, last[3])
        self.truth.add(key, counts)
        result = {"type": "function_call_output", "call_id": call}
        output_text = maker.text(maker.number(7.8) % 30_000)
        self.put("response_item", result | {"output": output_text})
        if chance.random() < 0.05:
            self.count(self.sums, last)  # the limits changed
        if chance.random() < 0.001 and self.sums != last:
            late = [count * 9 // 10 for count in last]
            before = [a - b + c for a, b, c in zip(self.sums, last, late, strict=True)]
            self.count(before, late)  # a snapshot from before the request ended

    def usage(self, counts: list[int]) -> dict[str, int]:
        """Counts by name; the last one, cache writes, only newer versions log."""
        return dict(zip(NAMES if self.form == "paginated" else NAMES[:-1], counts, strict=False))

    def count(self, sums: list[int], last: list[int]) -> None:
        """The sums so far."""
        info: dict[str, Any] = {"total_token_usage": self.usage(sums)}
        info |= {"last_token_usage": self.usage(last), "model_context_window": 258_400}
        resets = int(self.now.timestamp())
        limits = {
            "primary": {"used_percent": 11.5, "window_minutes": 300, "resets_at": resets + 9000},
            "secondary": {"used_percent": 24.0, "window_minutes": 10_080, "resets_at": resets},
        }
        shown = None if self.maker.random.random() < 0.1 else limits
        self.put("event_msg", {"type": "token_count", "info": info, "rate_limits": shown})

    def restart(self) -> None:
        """The sums begin again."""
        self.sums, self.context_size = [0] * 6, 9_000

    def fork(self, span: float | None, stall: float, *, start: int = 0) -> "Rollout":
        """A fork with a copy of the lines up to some turn.

        `span`: the seconds over which the copy is written, with a pause of `stall` in it; None:
        the copied lines keep their times. `start`: the first line that is copied after the first.
        """
        end, sums, size = self.maker.random.choice(self.marks)
        child = self._child({"forked_from_id": self.id}, sums, size)
        if self.form == "paginated":
            child.first_ordinal = end
            child.meta["history_base"] = {"thread_id": self.id, "end_ordinal_exclusive": end}
            return child
        self._copy_into(child, [*self.lines[:1], *self.lines[max(start, 1) : end]], span, stall)
        if self.form != "old" and self.maker.random.random() < 0.5:
            child.put("session_meta", child.meta)
        return child

    def subagent(self, *, copies: bool) -> "Rollout":
        """A subagent, which starts with nothing or with a copy of all lines."""
        spawn = {"thread_spawn": {"parent_thread_id": self.id, "depth": 1}}
        meta: dict[str, Any] = {"source": {"subagent": spawn}, "parent_thread_id": self.id}
        if not copies or self.form in ("old", "paginated"):
            return self._child(meta, [0] * 6, 9_000)
        child = self._child(meta, self.sums, self.context_size)
        self._copy_into(child, self.lines, 0.4, 0.0)
        return child

    def _child(self, meta: dict[str, Any], sums: list[int], size: int) -> "Rollout":
        seconds = timedelta(seconds=self.maker.random.randrange(60, 3600))
        child = Rollout(self.maker, self.truth, self.form, self.now + seconds, meta)
        child.sums, child.context_size = list(sums), size
        return child

    def _copy_into(
        self, child: "Rollout", lines: list[Event], span: float | None, stall: float
    ) -> None:
        if span is not None and self.form == "old":
            span = min(span, 0.1 * len(lines))  # only pauses show where the copy ends
        stalls = self.maker.random.randrange(len(lines))
        for number, (moment, kind, payload) in enumerate(lines):
            seconds = (span or 0.0) * number / len(lines) + (stall if number > stalls else 0.0)
            now = child.started + timedelta(milliseconds=round(1000 * seconds))
            child.lines.append((moment if span is None else now, kind, payload))
        child.now += timedelta(milliseconds=round(1000 * ((span or 0.0) + stall)) + 20)

    def encoded(self) -> list[bytes]:
        """The lines of the file."""
        numbered = self.form == "paginated"
        return [
            line(
                {"timestamp": iso(moment)}
                | ({"ordinal": self.first_ordinal + number} if numbered else {})
                | {"type": kind, "payload": payload}
            )
            for number, (moment, kind, payload) in enumerate(self.lines)
        ]

    def path(self, home: Path, kept: str = "sessions") -> Path:
        """The file."""
        name = f"rollout-{self.started:%Y-%m-%dT%H-%M-%S}-{self.id}.jsonl"
        return home / ".codex" / kept / self.started.strftime("%Y/%m/%d") / name


class Codex:
    """Rollouts of all forms: plain ones, forks, forks of forks, and subagents."""

    def __init__(self, maker: Maker, truth: Truth) -> None:
        self.maker, self.truth = maker, truth
        self.parents: list[Rollout] = []

    def make(self, home: Path, count: int, megabytes: float) -> None:
        """Write the files."""
        chance = self.maker.random
        for number, size in enumerate(self.maker.sizes(count, megabytes)):
            rollout, gap = self._begin()
            while rollout.bytes < size or not rollout.marks:
                if rollout.sums[4] > 900_000 and chance.random() < 0.05:
                    rollout.restart()
                rollout.turn(self.maker.number(1.3, 0.6), gap)
                gap = (4.0, 120.0)
            if len(rollout.marks) > 2 and rollout.bytes < 400_000 and len(self.parents) < 80:
                self.parents.append(rollout)
            kept = "archived_sessions" if chance.random() < 0.1 else "sessions"
            self.maker.write(rollout.path(home, kept), rollout.encoded(), 10_000 + number)

    def _begin(self) -> tuple[Rollout, tuple[float, float]]:
        """A new file, and the seconds before its own first lines."""
        chance = self.maker.random
        kind, slow = chance.random(), (4.0, 120.0)
        if not self.parents or kind > 0.2:
            form = chance.choices(list(VERSIONS), [1, 4, 2, 3])[0]
            return Rollout(self.maker, self.truth, form, self.maker.moment(), {}), slow
        parent = chance.choice(self.parents)
        if kind < 0.12:
            span = chance.choice([None, 0.5, 2.0, 6.0])
            return parent.fork(span, chance.choice([0.0, 1.4])), slow
        child = parent.subagent(copies=chance.random() < 0.5)
        return child, (0.3, 0.4) if parent.form != "old" else slow
