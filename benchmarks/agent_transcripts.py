"""Claude Code's transcripts, as `agent_logs` makes them.

Requests are streamed over several lines. Some sessions are resumed, some are subagents, some go
through a gateway, which leaves out the request's id, or a relay, which gives every answer one id.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from agent_logs import PROJECTS, START, Maker, Truth, iso, line, project

MODELS = ("claude-opus-4-5-20251101", "claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001")
ADVISOR = "claude-opus-4-7"
SERVERS = {"vendor": 85, "gateway": 10, "relay": 5}


class Claude:
    """Transcripts, with decoys: usage in a tool's output, API errors, a last line cut off."""

    def __init__(self, maker: Maker, truth: Truth) -> None:
        self.maker, self.truth = maker, truth
        self.now = START
        self.kept: list[tuple[datetime, list[bytes]]] = []  # the end of a session, and its lines

    def make(self, home: Path, count: int, megabytes: float) -> None:
        """Write the files."""
        maker, chance = self.maker, self.maker.random
        for number, size in enumerate(maker.sizes(count, megabytes)):
            cwd, session = chance.choice(PROJECTS), maker.uuid()
            self.now = maker.moment()
            lines: list[bytes] = []
            if self.kept and chance.random() < 0.06:
                lines += self._resumed(session)
            own, written = len(lines), 0
            copied = {_input(each) for each in lines}
            for more in self._session(cwd, session, copied, is_subagent=chance.random() < 0.1):
                lines += more
                written += sum(map(len, more))
                if written >= size:
                    break
            if len(self.kept) < 60:
                self.kept.append((self.now, lines[own : own + 60]))
            if chance.random() < 0.02:
                lines.append(b'{"type":"assistant","message":{"usage":{"input_tok')
            folder = home / ".claude" / "projects" / cwd.replace("/", "-")
            maker.write(folder / f"{session}.jsonl", lines, number)

    def _resumed(self, session: str) -> list[bytes]:
        """Lines of a session that ended: copied as they were, or with the new session's id."""
        ended, lines = self.maker.random.choice(self.kept)
        self.now = max(self.now, ended + timedelta(minutes=5))
        if self.maker.random.random() < 0.5:
            return lines
        return [line(json.loads(copied) | {"sessionId": session}) for copied in lines]

    def _session(
        self, cwd: str, session: str, copied: set[int], *, is_subagent: bool
    ) -> Iterator[list[bytes]]:
        """The lines of each request; `copied` are the inputs of the lines before them."""
        maker, chance = self.maker, self.maker.random
        server = chance.choices(list(SERVERS), list(SERVERS.values()))[0]
        size, sizes = 15_000, copied if server == "relay" else set[int]()
        while True:
            while size in sizes:
                size += 1
            self.now += timedelta(seconds=chance.expovariate(1 / 25))
            model = "glm-5.2" if server != "vendor" else chance.choices(MODELS, [5, 4, 1])[0]
            same = {
                **{"cwd": cwd, "sessionId": session, "isSidechain": is_subagent},
                **{"version": "2.1.332", "gitBranch": "main", "timestamp": iso(self.now)},
            }
            writes = maker.number(6.5, 1.3)
            long = writes if chance.random() < 0.2 else 0
            counts = (chance.randrange(1, 12), size, writes - long, long, maker.number(5.2, 1.2), 0)
            if server != "vendor":
                counts = (size, 0, 0, 0, counts[4], 0)
            sizes.add(size)  # two requests of a relay with the same input look like one
            size = size + writes if size < 160_000 else 20_000
            yield [*self._streamed(same, model, counts, server), *self._around(same)]

    def _streamed(
        self, same: dict[str, Any], model: str, counts: tuple[int, ...], server: str
    ) -> list[bytes]:
        """The lines of a request; the last one has all of its output."""
        maker, chance = self.maker, self.maker.random
        self._count(same, model, counts)
        name = "relay" if server == "relay" else maker.name("msg_01")
        message: dict[str, Any] = {"id": name, "model": model, "type": "message"}
        message["role"] = "assistant"
        ids = {"requestId": maker.name("req_011")} if server == "vendor" else {}
        output = 0
        lines = []
        total = chance.choices([1, 2, 3, 4], [40, 40, 15, 5])[0]
        for number in range(1, total + 1):
            output = max(output, min(counts[4], chance.randrange(1, 9)))
            usage = _usage((*counts[:4], counts[4] if number == total else output), server)
            if number == total and server == "vendor" and chance.random() < 0.01:
                usage["iterations"] = [self._advice(same)]
            content = [{"type": "text", "text": maker.text(maker.number(5.8) % 9000)}]
            message = message | {"content": content, "usage": usage}
            lines.append(same | {"type": "assistant", "message": message} | ids)
        return [line(each | {"uuid": maker.uuid()}) for each in lines]

    def _advice(self, same: dict[str, Any]) -> dict[str, Any]:
        """A request of another model inside a request, which does not include its tokens."""
        counts = (self.maker.number(9.0), 0, 0, 0, self.maker.number(6.0), 0)
        self._count(same, ADVISOR, counts)
        return {
            **{"type": "advisor_message", "model": ADVISOR, "input_tokens": counts[0]},
            **{"output_tokens": counts[4], "cache_read_input_tokens": 0},
        }

    def _count(self, same: dict[str, Any], model: str, counts: tuple[int, ...]) -> None:
        key = ("claude", same["timestamp"][:10], model, same["sessionId"], project(same["cwd"]))
        self.truth.add(key, counts)

    def _around(self, same: dict[str, Any]) -> list[bytes]:
        """The lines after a request, and at times an API error, which used nothing."""
        maker, chance = self.maker, self.maker.random
        output = maker.text(maker.number(7.6, 1.1) % 40_000)
        decoy = {"input_tokens": 5, "output_tokens": 700, "cache_read_input_tokens": 30_000}
        result: dict[str, Any] = {"type": "text", "file": {"content": output}}
        if chance.random() < 0.05:
            result = {"totalTokens": 34_567, "usage": decoy}
        lines = [{**same, "type": "progress", "data": {"output": maker.text(90)}} for _ in "abc"]
        message = {"role": "user", "content": [{"type": "tool_result", "content": output}]}
        lines.append({**same, "type": "user", "message": message, "toolUseResult": result})
        if chance.random() < 0.02:
            nothing = dict.fromkeys(decoy, 0)
            failed = {"model": "<synthetic>", "id": maker.uuid(), "usage": nothing}
            error = {"type": "assistant", "isApiErrorMessage": True, "message": failed}
            lines.append(same | error)
        return [line(each | {"uuid": maker.uuid()}) for each in lines]


def _input(copied: bytes) -> int:
    """The input tokens of a line; -1 if it has none."""
    message = json.loads(copied).get("message", {})
    return int(message.get("usage", {}).get("input_tokens", -1))


def _usage(counts: tuple[int, ...], server: str) -> dict[str, Any]:
    """The usage of a message; a gateway knows of no cache."""
    if server != "vendor":
        return {"input_tokens": counts[0], "output_tokens": counts[4]}
    return {
        **{"input_tokens": counts[0], "cache_read_input_tokens": counts[1]},
        "cache_creation_input_tokens": counts[2] + counts[3],
        "cache_creation": {
            "ephemeral_5m_input_tokens": counts[2],
            "ephemeral_1h_input_tokens": counts[3],
        },
        **{"output_tokens": counts[4], "service_tier": "standard"},
    }
