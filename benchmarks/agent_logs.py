"""Make a home folder with agents' logs, and tell what is true of them.

    agent_logs.py HOME [--claude-mb N --claude-files N] [--codex-mb N --codex-files N] [--seed N]

HOME/.claude and HOME/.codex are as the agents write them, HOME/truth.json has the sums by tool, day
(UTC), model, session and project. Everything is invented; the same numbers make the same bytes.
"""

import argparse
import json
import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

KINDS = ("input", "cache_read", "cache_write_5m", "cache_write_1h", "output", "reasoning")
START = datetime(2026, 8, 20, tzinfo=UTC)
DAYS = 90
MODELS = ("claude-opus-4-5-20251101", "claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001")
PROJECTS = [f"/home/dev/{name}" for name in ("api", "web", "infra", "proxy", "cli", "docs")]
_WORDS = 'def "usage" → naïve café {"usage": {"input_tokens": 1}} return None\n\t“quotes” 日本語 \\'
# Sizes of files: most are small, few are large. Quantile and bytes.
_PROFILE = ((0, 300), (0.5, 100_000), (0.75, 230_000), (0.9, 650_000), (0.99, 5_000_000))


class Truth:
    """Sums by tool, day, model, session and project."""

    def __init__(self) -> None:
        self.sums: dict[tuple[str, ...], list[int]] = {}
        self.requests = 0

    def add(self, key: tuple[str, ...], counts: tuple[int, ...]) -> None:
        """One request: what it used, in the order of KINDS."""
        sums = self.sums.setdefault(key, [0] * len(KINDS))
        for at, count in enumerate(counts):
            sums[at] += count
        self.requests += 1


class Maker:
    """Chance, text and times of one corpus."""

    def __init__(self, seed: int, words: int = 60_000) -> None:
        self.random = random.Random(seed)  # noqa: S311 - nothing here is a secret
        self.pool = " ".join(self.random.choices(_WORDS.split(" "), k=words))
        self.written = 0

    def text(self, most: int) -> str:
        """Some text, as people and programs write it; shorter where the pool is."""
        at = self.random.randrange(max(len(self.pool) - most - 1, 1))
        return self.pool[at : at + most]

    def number(self, about: float, spread: float = 1.0) -> int:
        """A count of about e ** `about`."""
        return int(self.random.lognormvariate(about, spread)) + 1

    def name(self, prefix: str = "", length: int = 24) -> str:
        """An id."""
        return prefix + f"{self.random.getrandbits(4 * length):0{length}x}"

    def uuid(self) -> str:
        """A session's id."""
        n = self.name(length=32)
        return f"{n[:8]}-{n[8:12]}-{n[12:16]}-{n[16:20]}-{n[20:]}"

    def uuid7(self, moment: datetime) -> str:
        """An id that contains a time in milliseconds, as RFC 9562 has it."""
        n = f"{round(moment.timestamp() * 1000):012x}7{self.name(length=3)}a{self.name(length=15)}"
        return f"{n[:8]}-{n[8:12]}-{n[12:16]}-{n[16:20]}-{n[20:]}"

    def moment(self) -> datetime:
        """When a session begins, to the millisecond."""
        return START + timedelta(milliseconds=self.random.randrange(DAYS * 86_400_000))

    def sizes(self, count: int, megabytes: float) -> list[int]:
        """Bytes of each file, which add up."""
        found = []
        for at in range(count):
            share = (at + 0.5) / count
            for (low, less), (high, more) in zip(_PROFILE, (*_PROFILE[1:], (1, 4e7)), strict=True):
                if share <= high:
                    found.append(less + (more - less) * (share - low) / (high - low))
                    break
        scale = megabytes * 1_048_576 / sum(found)
        self.random.shuffle(found)
        return [int(size * scale) for size in found]

    def write(self, path: Path, lines: list[bytes], at: int) -> None:
        """Write a file; `at` orders the files by their times."""
        path.parent.mkdir(parents=True, exist_ok=True)
        data = b"".join(lines)
        path.write_bytes(data)
        os.utime(path, ns=(at * 10**9, (1_790_000_000 + at) * 10**9))
        self.written += len(data)


def line(value: Any) -> bytes:
    """A line as both agents write them."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def iso(moment: datetime) -> str:
    """A time as both agents write it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def project(cwd: str) -> str:
    """A folder as it is booked."""
    return "~" + cwd.removeprefix("/home/dev") if cwd.startswith("/home/dev") else cwd


class Claude:
    """Transcripts: streamed requests, resumed sessions, subagents, decoys and cut last lines."""

    def __init__(self, maker: Maker, truth: Truth) -> None:
        self.maker, self.truth = maker, truth
        self.kept: list[list[bytes]] = []

    def make(self, home: Path, count: int, megabytes: float) -> None:
        """Write the files."""
        maker, chance = self.maker, self.maker.random
        for at, size in enumerate(maker.sizes(count, megabytes)):
            cwd, session = chance.choice(PROJECTS), maker.uuid()
            lines: list[bytes] = []
            if self.kept and chance.random() < 0.06:
                lines += self._resumed(session)
            own = len(lines)
            for some in self._session(cwd, session, is_subagent=chance.random() < 0.1):
                lines += some
                if sum(map(len, lines[own:])) >= size:
                    break
            if len(self.kept) < 60:
                self.kept.append(lines[own : own + 60])
            if chance.random() < 0.02:
                lines.append(b'{"type":"assistant","message":{"usage":{"input_tok')
            folder = home / ".claude" / "projects" / cwd.replace("/", "-")
            maker.write(folder / f"{session}.jsonl", lines, at)

    def _resumed(self, session: str) -> list[bytes]:
        """Lines of an earlier file: copied as they were, or with the new session's id."""
        lines = self.maker.random.choice(self.kept)
        if self.maker.random.random() < 0.5:
            return lines
        told = [json.loads(one) for one in lines]
        return [line(one | {"sessionId": session}) for one in told]

    def _session(self, cwd: str, session: str, *, is_subagent: bool) -> Iterator[list[bytes]]:
        maker, chance = self.maker, self.maker.random
        now, held = maker.moment(), 15_000
        while True:
            now += timedelta(seconds=chance.expovariate(1 / 25))
            model = chance.choices(MODELS, [5, 4, 1])[0]
            same = {
                **{"cwd": cwd, "sessionId": session, "isSidechain": is_subagent},
                **{"version": "2.1.50", "gitBranch": "main", "timestamp": iso(now)},
            }
            writes = maker.number(6.5, 1.3)
            long = writes if chance.random() < 0.2 else 0
            counts = (chance.randrange(1, 12), held, writes - long, long, maker.number(5.2, 1.2), 0)
            held = held + writes if held < 160_000 else 20_000
            key = ("claude", iso(now)[:10], model, session, project(cwd))
            self.truth.add(key, counts)
            made = self._streamed(same, model, counts)
            yield [*made, *self._around(same)]

    def _streamed(self, same: dict[str, Any], model: str, counts: tuple[int, ...]) -> list[bytes]:
        maker, chance = self.maker, self.maker.random
        told = {"id": maker.name("msg_01"), "model": model, "type": "message", "role": "assistant"}
        request, lines = maker.name("req_011"), chance.choices([1, 2, 3, 4], [40, 40, 15, 5])[0]
        sofar = 0
        made = []
        for at in range(lines):
            last = at == lines - 1
            sofar = counts[4] if last else max(sofar, min(counts[4], chance.randrange(1, 9)))
            usage = {
                **{"input_tokens": counts[0], "cache_read_input_tokens": counts[1]},
                "cache_creation_input_tokens": counts[2] + counts[3],
                "cache_creation": {
                    "ephemeral_5m_input_tokens": counts[2],
                    "ephemeral_1h_input_tokens": counts[3],
                },
                **{"output_tokens": sofar, "service_tier": "standard"},
            }
            content = [{"type": "text", "text": maker.text(maker.number(5.8) % 9000)}]
            message = {**told, "content": content, "usage": usage}
            made.append({**same, "type": "assistant", "message": message, "requestId": request})
        return [line(one | {"uuid": maker.uuid()}) for one in made]

    def _around(self, same: dict[str, Any]) -> list[bytes]:
        """What a request brings with it, and what only looks like one."""
        maker, chance = self.maker, self.maker.random
        output = maker.text(maker.number(7.6, 1.1) % 40_000)
        decoy = {"input_tokens": 5, "output_tokens": 700, "cache_read_input_tokens": 30_000}
        result: dict[str, Any] = {"type": "text", "file": {"content": output}}
        if chance.random() < 0.05:
            result = {"totalTokens": 34_567, "usage": decoy}
        lines = [{**same, "type": "progress", "data": {"output": maker.text(90)}} for _ in "abc"]
        message = {"role": "user", "content": [{"type": "tool_result", "content": output}]}
        lines.append({**same, "type": "user", "message": message, "toolUseResult": result})
        if chance.random() < 0.01:
            nothing = {"input_tokens": 0, "output_tokens": 0, "cache_read_input_tokens": 0}
            failed = {"model": "<synthetic>", "id": maker.uuid(), "usage": nothing}
            lines.append(
                {**same, "type": "assistant", "isApiErrorMessage": True, "message": failed}
            )
        return [line(one) for one in lines]


def make(
    home: Path, claude: tuple[int, float], codex: tuple[int, float], seed: int = 11
) -> dict[str, Any]:
    """Make both, each of (files, megabytes), and give what is true."""
    from agent_rollouts import Codex  # it takes the tools above

    truth, told = Truth(), {}
    for name, kind, (count, megabytes) in (("claude", Claude, claude), ("codex", Codex, codex)):
        maker = Maker(seed)
        if count:
            kind(maker, truth).make(home, count, megabytes)
        told[name] = maker.written
    sums = [[*key, *counts] for key, counts in sorted(truth.sums.items())]
    whole = {"kinds": KINDS, "bytes": told, "requests": truth.requests, "sums": sums}
    (home / "truth.json").write_text(json.dumps(whole))
    return whole


def main() -> None:
    """Make them and say how large they are."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("home", type=Path)
    parser.add_argument("--claude-mb", type=float, default=1024)
    parser.add_argument("--claude-files", type=int, default=2000)
    parser.add_argument("--codex-mb", type=float, default=1024)
    parser.add_argument("--codex-files", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=11)
    given = parser.parse_args()
    given.home.mkdir(parents=True, exist_ok=True)
    claude = given.claude_files, given.claude_mb
    told = make(given.home, claude, (given.codex_files, given.codex_mb), given.seed)
    print(f"{told['requests']:,} requests in {told['bytes']} bytes")


if __name__ == "__main__":
    main()
