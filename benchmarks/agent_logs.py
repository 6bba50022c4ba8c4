"""Make a home folder with agents' logs, and the true figures about them.

    agent_logs.py HOME [--claude-mb N --claude-files N] [--codex-mb N --codex-files N] [--seed N]

HOME/.claude and HOME/.codex are as the agents write them, HOME/truth.json has the sums by tool, day
(UTC), model, session and project. Everything is invented; the same numbers make the same bytes.
"""

import argparse
import json
import os
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

KINDS = ("input", "cache_read", "cache_write_5m", "cache_write_1h", "output", "reasoning")
START = datetime(2026, 8, 20, tzinfo=UTC)
DAYS = 90
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
        """One request: its tokens, in the order of KINDS."""
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
        counts = []
        for at in range(count):
            share = (at + 0.5) / count
            for (low, less), (high, more) in zip(_PROFILE, (*_PROFILE[1:], (1, 4e7)), strict=True):
                if share <= high:
                    counts.append(less + (more - less) * (share - low) / (high - low))
                    break
        scale = megabytes * 1_048_576 / sum(counts)
        self.random.shuffle(counts)
        return [int(size * scale) for size in counts]

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


def make(
    home: Path, claude: tuple[int, float], codex: tuple[int, float], seed: int = 11
) -> dict[str, Any]:
    """Make both, each of (files, megabytes), and return the true figures."""
    from agent_rollouts import Codex  # these take the tools above
    from agent_transcripts import Claude

    truth, facts = Truth(), {}
    for name, kind, (count, megabytes) in (("claude", Claude, claude), ("codex", Codex, codex)):
        maker = Maker(seed)
        if count:
            kind(maker, truth).make(home, count, megabytes)
        facts[name] = maker.written
    sums = [[*key, *counts] for key, counts in sorted(truth.sums.items())]
    whole = {"kinds": KINDS, "bytes": facts, "requests": truth.requests, "sums": sums}
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
    facts = make(given.home, claude, (given.codex_files, given.codex_mb), given.seed)
    print(f"{facts['requests']:,} requests in {facts['bytes']} bytes")


if __name__ == "__main__":
    main()
