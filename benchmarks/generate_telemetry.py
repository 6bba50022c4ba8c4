"""Write invented proxy telemetry, and in OUT.truth.json the figures that are true of it.

The same arguments always give the same bytes: lines of about 190 bytes, of which one in a hundred
is malformed (truncated, no JSON, a wrong type, a missing field, an unknown lane) and one in fifty
comes again, most often soon and sometimes much later.

Example:
  generate_telemetry.py 1000000 /tmp/usage.jsonl
"""

import argparse
import json
from collections import Counter, deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

NEAR, FAR = 50, 4096  # how many lines a repetition is chosen from


class Lane(NamedTuple):
    """How requests on a lane look; latency is lognormal, `middle` ms is its ln."""

    models: tuple[str, ...]
    reasons: tuple[str, ...]
    middle: float
    spread: float


LANES = {
    "glm": Lane(
        ("glm-4.6", "glm-4.6", "glm-4.5-air"),
        ("policy:default", "policy:short-context", "classifier:simple", "canary"),
        *(7.2, 0.7),
    ),
    "baseline": Lane(
        ("claude-sonnet-4-5", "claude-opus-4-5", "gpt-5.1-codex"),
        ("policy:long-context", "classifier:hard", "fallback:glm-5xx", "pinned"),
        *(7.6, 0.6),
    ),
}
TURNS = ("glm", "glm", "glm", "baseline", "baseline")
STATUSES = (*[200] * 77, 201, 400, 429, 500)


class Figures:
    """The true figures of the requests so far, each counted once."""

    def __init__(self) -> None:
        self.malformed = self.duplicates = self.requests = 0
        self.latencies: dict[str, Counter[int]] = {name: Counter() for name in LANES}
        self.errors: Counter[str] = Counter()
        self.models: dict[str, list[int]] = {}

    def add(self, lane: str, model: str, status: int, tokens: tuple[int, int], ms: int) -> None:
        """Count a request."""
        self.requests += 1
        self.latencies[lane][ms] += 1
        self.errors[lane] += status >= 400
        sums = self.models.setdefault(model, [0, 0, 0])
        sums[0] += 1
        sums[1] += tokens[0]
        sums[2] += tokens[1]

    def as_dict(self) -> dict[str, Any]:
        """All of it as JSON has it. Models: requests, tokens in, tokens out."""
        lanes = {
            name: {
                "requests": counts.total(),
                "errors": self.errors[name],
                "p50": percentile(counts, 50),
                "p95": percentile(counts, 95),
            }
            for name, counts in self.latencies.items()
        }
        counts = {n: getattr(self, n) for n in ("requests", "duplicates", "malformed")}
        return counts | {"lanes": lanes, "models": dict(sorted(self.models.items()))}


def percentile(counts: Counter[int], percent: int) -> float | None:
    """Type 7, the plain way: sort them all, and interpolate."""
    values = sorted(counts.elements())
    if not values:
        return None
    below, rest = divmod((len(values) - 1) * percent, 100)
    above = min(below + 1, len(values) - 1)
    return values[below] + (values[above] - values[below]) * rest / 100


def lines(rows: int, rng: Random, start: datetime, days: float, figures: Figures) -> Iterator[str]:
    """The lines, counted in `figures` as they come."""
    near: deque[str] = deque(maxlen=NEAR)
    far: list[str] = []
    step = days * 86_400_000 / max(rows, 1)
    chance, whole, skewed = rng.random, rng.getrandbits, rng.lognormvariate
    for at in range(rows):
        fate = chance()
        if fate < 0.02 and near:
            figures.duplicates += 1
            yield rng.choice(near if chance() < 0.8 else far)
            continue
        moment = start + timedelta(milliseconds=int(step * (at + chance())))
        name = TURNS[int(chance() * len(TURNS))]
        lane, pick = LANES[name], whole(16)
        model, reason = lane.models[pick % 3], lane.reasons[pick >> 8 & 3]
        status = STATUSES[int(chance() * len(STATUSES))]
        tokens = int(skewed(8, 1.3)), int(skewed(5.5, 1.1)) if status < 400 else 0
        latency = int(skewed(lane.middle, lane.spread))
        line = (
            f'{{"ts":"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z",'
            f'"rid":"req_{whole(48):012X}{at % 1_000_000:06}","lane":"{name}","model":"{model}",'
            f'"status":{status},"input_tokens":{tokens[0]},"output_tokens":{tokens[1]},'
            f'"reason":"{reason}","latency_ms":{latency}}}\n'
        )
        if fate > 0.99:
            figures.malformed += 1
            yield damaged(line, rng)
            continue
        figures.add(name, model, status, tokens, latency)
        near.append(line)
        if len(far) < FAR:
            far.append(line)
        elif chance() < 0.01:
            far[whole(12)] = line
        yield line


def damaged(line: str, rng: Random) -> str:
    """A line as it must not be."""
    ways = (
        line[: rng.randrange(20, len(line) - 10)] + "\n",
        "upstream connect error or disconnect/reset before headers\n",
        line.replace('"latency_ms":', '"latency_ms":"slow","was":'),
        line.replace('"latency_ms"', '"waited"'),
        line.replace('"lane":"', '"lane":"canary-'),
    )
    return rng.choice(ways)


def main() -> None:
    """Write both files; the figures last, so that they cover whole lines."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", type=int)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="(default: 1)")
    parser.add_argument(
        "--start", default="2026-09-01", metavar="DATE", help="(default: %(default)s)"
    )
    parser.add_argument("--days", type=float, default=60, metavar="N", help="(default: 60)")
    given = parser.parse_args()
    figures = Figures()
    start = datetime.fromisoformat(given.start).replace(tzinfo=UTC)
    generated = lines(given.rows, Random(given.seed), start, given.days, figures)  # noqa: S311 - invented
    with given.out.open("w", encoding="ascii") as file:
        file.writelines(generated)
    truth = given.out.with_name(f"{given.out.name}.truth.json")
    truth.write_text(json.dumps(figures.as_dict(), indent=1) + "\n")


if __name__ == "__main__":
    main()
