"""A book with every kind of request that queries must count alike on all engines."""

import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from burnbook.book import codec
from burnbook.rows.usage import ProxyRequest
from conftest import ROOT, Shell, codex

AT = ("--at", "2026-11-22T12:00Z")
START = datetime(2026, 11, 20, tzinfo=UTC)
ENDS = "2026-11-21T09:07:30"  # within a quarter-hour, in which both windows have requests
WINDOWS = (
    f'timezone = "UTC"\n[windows.W1]\nends = {ENDS}\nnext = "W2"\n'
    "[windows.W2]\nends = 2026-11-22T09:00:00\n"
)
VERSION = f"python{sys.version_info[0]}.{sys.version_info[1]}"
SPARK = ROOT / ".venv" / "spark" / "lib" / VERSION / "site-packages" / "pyspark"
QUERIES = ("cost-compare", "meters", "proxy", "scoreboard", "usage", "windows")


def fill(shell: Shell, requests: int) -> None:
    """Book windows of two agents, logs of agents, and invented requests of a proxy."""
    (shell.config / "windows.toml").write_text(WINDOWS)
    for agent, window, day in (("main", "W1", 20), ("main", "W2", 21), ("solo", "W2", 20)):
        start = ("--at", f"2026-11-{day}T09:10Z", "--agent", agent)
        shell.ok("snapshot", "start", "codex", window, *start, stdin=codex(weekly=day))
    shell.ok("snapshot", "end", "codex", "W1", "--at", "2026-11-21T09:05Z", stdin=codex(weekly=60))
    line = b"".join(map(codec.encode, rows(random.Random(7), requests)))
    (shell.book / "proxy_telemetry.jsonl").write_bytes(line)


def rows(rng: random.Random, count: int) -> list[ProxyRequest]:
    """Requests in and beside the windows; some twice, some moved to another window by a later row.

    Latencies are decimals, so that percentiles lie between two values.
    """
    made: list[ProxyRequest] = []
    for number in range(count):
        row = _request(rng, number)
        made.append(row)
        if number % 17 == 0:
            made.append(row)  # the same line again
        if number % 29 == 0:  # another host read the same line later
            later = row.recorded_at + timedelta(hours=1)
            made.append(msgspec.structs.replace(row, host="other", lane="x", recorded_at=later))
        if number % 23 == 0:
            moved = {
                **_fields(row),
                "window": "W2",
                "supersedes": row.id,
                "window_before": row.window,
            }
            made.append(codec.make(ProxyRequest, generation=1, **moved))
    return made


def _request(rng: random.Random, number: int) -> ProxyRequest:
    ok = rng.random() < 0.85
    ts = START + timedelta(seconds=rng.uniform(0, 2.6 * 86_400))
    if number % 20 == 0:  # in the quarter-hour in which a window ends
        ts = datetime.fromisoformat(f"{ENDS}Z") + timedelta(seconds=rng.uniform(-400, 400))
    tokens = [None, 0, 1, 999, 16_001, 200_001, 3_000_000]
    sent = rng.choice(tokens)
    features = [None, None, "", "F1", "F2", "F3", f"only-{number}"]
    return codec.make(
        ProxyRequest,
        ts=ts,
        rid=rng.choice([None, f"r{number}", f"r{number // 2}"]),
        lane=rng.choice(["glm", "baseline", None]),
        model=rng.choice(["glm-4.6", "claude-sonnet-4-5", "unknown-model", None]),
        status=rng.choice([200, "529"]),
        input_tokens=sent,
        output_tokens=rng.choice(tokens),
        reason=None,
        latency_ms=rng.choice([None, float(number % 7), round(rng.lognormvariate(7, 1), 3)]),
        cached_input_tokens=rng.choice([None, None, 0, 5, 20_000]),
        cache_write_tokens=rng.choice([None, None, 0, 7]),
        cache_write_1h_tokens=rng.choice([None, None, 7, 9]),
        usd=rng.choice([None, None, 0.0, 0.1234567895, 2.5e-9, 12.5]),
        routed=rng.random() < 0.6,
        ok=ok,
        feature=rng.choice(features),
        agent=rng.choice(["main", "solo", "other", None]),
        window=rng.choice([None, None, None, "W1", "W3"]),
    )


def _fields(row: ProxyRequest) -> dict[str, Any]:
    stamps = {"id", "schema_version", "tool_version", "recorded_at", "host"}
    return {name: getattr(row, name) for name in row.__struct_fields__ if name not in stamps}


def export(shell: Shell, folder: Path) -> Path:
    """Export the book; returns the folder."""
    shell.ok("export", "parquet", str(folder), *AT)
    return folder
