"""Measure `query proxy` on telemetry of 1 million to 100 million requests.

The files have the form of `export parquet`: a folder for each of 100 hosts, written by DuckDB.
Prints a table of Markdown for docs/SCALE.md. Needs the extra `query`, and for 100 million requests
with their lines about 10 GB of disk; without --lines the column `line` is empty.

Example:
  scale.py --rows 1000000 --rows 10000000 --lines --work /tmp/scale
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
VERSION = f"python{sys.version_info[0]}.{sys.version_info[1]}"
EXTRA = ROOT / ".venv" / "query" / "lib" / VERSION / "site-packages"
HOSTS = 100
FIRST = 1_796_083_200  # 2026-12-01T00:00:00Z
SECONDS = 28 * 86_400
WINDOWS = 4
AT = "2027-01-01T00:00Z"

# One request per number: a hash gives each value. Every second one names its window; the window of
# the others follows from their time.
REQUESTS = """
WITH numbers AS (
    SELECT n, hash(n) AS h, hash(n + 1000000000) AS g,
        {first} + CAST(n * {step} AS BIGINT) AS second
    FROM range({start}, {end}) AS r(n)
),
facts AS (
    SELECT n, second,
        'req_' || printf('%016x', h) || printf('%08x', g % 4294967296) AS rid,
        printf('%016x', g) AS digits,
        h % 100 < 60 AS routed,
        (g >> 8) % 1000 >= 12 AS ok,
        500 + (h >> 20) % 60000 AS sent,
        20 + (g >> 20) % 3000 AS received,
        ((h >> 32) % 65536 + 1) / 65537.0 AS u,
        ((g >> 40) % 65536) / 65536.0 AS v,
        1 + (h >> 12) % 1000 AS agent
    FROM numbers
)
SELECT
    't-' || digits AS id, 6 AS schema_version, '0.0.0' AS tool_version,
    make_timestamptz(1000000 * (second + 3600)) AS recorded_at,
    'agent-' || printf('%04d', agent) AS agent,
    CASE WHEN n % 2 = 0
        THEN 'M' || (1 + (second - {first}) // {length}) END AS "window",
    'proxy' AS source, CAST(NULL AS VARCHAR) AS notes,
    make_timestamptz(1000000 * second) AS ts, rid,
    CASE WHEN routed THEN 'glm' ELSE 'baseline' END AS lane,
    CASE WHEN routed THEN 'glm-4.6' ELSE 'claude-sonnet-4-5' END AS model,
    CASE WHEN ok THEN '200' ELSE '529' END AS status,
    CAST(sent AS BIGINT) AS input_tokens, CAST(received AS BIGINT) AS output_tokens,
    'policy:default' AS reason,
    round(exp(7.3 + 0.7 * sqrt(-2 * ln(u)) * cos(6.283185307 * v)), 1) AS latency_ms,
    CAST(NULL AS BIGINT) AS cached_input_tokens, CAST(NULL AS BIGINT) AS cache_write_tokens,
    CAST(NULL AS BIGINT) AS cache_write_1h_tokens, CAST(NULL AS DOUBLE) AS usd,
    routed, ok, CAST(NULL AS VARCHAR) AS feature, CAST(NULL AS VARCHAR) AS extra,
    CAST(NULL AS VARCHAR) AS supersedes, CAST(NULL AS VARCHAR) AS window_before,
    CASE WHEN {lines} THEN
        '{{"id":"t-' || digits || '","schema_version":6,"tool_version":"0.0.0","recorded_at":"'
        || strftime(make_timestamp(1000000 * (second + 3600)), '%Y-%m-%dT%H:%M:%SZ')
        || '","host":"host-{host:03}","agent":"agent-' || printf('%04d', agent)
        || '","source":"proxy","ts":"'
        || strftime(make_timestamp(1000000 * second), '%Y-%m-%dT%H:%M:%SZ')
        || '","rid":"' || rid || '","lane":"' || CASE WHEN routed THEN 'glm' ELSE 'baseline' END
        || '","model":"' || CASE WHEN routed THEN 'glm-4.6' ELSE 'claude-sonnet-4-5' END
        || '","status":200,"input_tokens":' || sent || ',"output_tokens":' || received
        || ',"reason":"policy:default","routed":' || routed || ',"ok":' || ok
        || ',"crc":"' || printf('%08x', hash(rid) % 4294967296) || '"}}'
    END AS line,
    CAST(NULL AS BLOB) AS line_bytes, 400 * n AS "offset", 'valid' AS state,
    second // 900 AS quarter,
    strftime(make_timestamp(1000000 * second), '%Y-%m-%d') AS day_utc,
    CAST(hash(rid) >> 1 AS BIGINT) AS key
FROM facts
"""


class Measured(NamedTuple):
    """One run: seconds, the peak of the resident memory in MB, and the answer."""

    seconds: float
    peak_mb: float
    answer: Any


def burnbook(script: str, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run a script of bin/; a failure ends the benchmark."""
    command = [str(ROOT / "bin" / script), *words]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{script} failed: {done.stderr}")
    return done


def generate(folder: Path, rows: int, *, has_lines: bool) -> None:
    """Write an export: four windows of a week, and `rows` requests of 100 hosts."""
    sys.path.append(str(EXTRA))
    import duckdb

    flags = prepare(folder)
    export = folder / "export"
    burnbook("export", "parquet", str(export), *flags)
    manifest = json.loads((export / "manifest.json").read_text())
    database = duckdb.connect(config={"memory_limit": "2GB", "temp_directory": str(folder)})
    database.execute("SET TimeZone = 'UTC'")
    share = rows // HOSTS
    for host in range(HOSTS):
        part = f"kind=proxy_telemetry/host=host-{host:03}/month=2026-12"
        name = f"{part}/part-0-{host * share:015}-{(host + 1) * share:015}.parquet"
        (export / part).mkdir(parents=True)
        select = REQUESTS.format(
            first=FIRST,
            step=f"{(SECONDS - 1) / rows:.12f}",
            start=host * share,
            end=(host + 1) * share,
            length=SECONDS // WINDOWS,
            host=host,
            lines=str(has_lines).upper(),
        )
        database.execute(
            f"COPY ({select}) TO '{export / name}' (FORMAT parquet, COMPRESSION zstd,"
            " ROW_GROUP_SIZE 122880)"
        )
        size = (export / name).stat().st_size
        manifest["files"][name] = {"rows": share, "bytes": size, "sha256": ""}
    (export / "manifest.json").write_text(json.dumps(manifest))


def prepare(folder: Path) -> list[str]:
    """Create a book with the snapshots of four windows; returns the flags that select it."""
    config = folder / "config"
    shutil.copytree(ROOT / "config", config)
    days = [f"2026-12-{1 + 7 * n:02}" for n in range(WINDOWS + 1)]
    text = 'timezone = "UTC"\n'
    for number in range(WINDOWS):
        text += f"\n[windows.M{number + 1}]\nends = {days[number + 1]}T00:00:00\n"
    (config / "windows.toml").write_text(text)
    flags = ["--data-dir", str(folder / "book"), "--config-dir", str(config)]
    for number in range(WINDOWS):
        pane = "/status\n5h limit: [          ] 1% used (resets 04:00)\n"
        words = ("start", "codex", f"M{number + 1}", "--at", f"{days[number]}T00:00Z", *flags)
        burnbook("snapshot", *words, stdin=pane)
    return flags


def measure(folder: Path, *words: str) -> Measured:
    """Run `query proxy` and return its time and its peak memory, which Linux counts."""
    command = [str(ROOT / "bin" / "query"), "proxy", "--format", "json", "--at", AT, *words]
    with tempfile.TemporaryFile("w+") as out:
        started = time.monotonic()
        process = subprocess.Popen(command, stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"query failed with {process.returncode}")
        out.seek(0)
        return Measured(seconds, usage.ru_maxrss / 1024, json.load(out))


def size_of(folder: Path) -> int:
    """Return the bytes of the Parquet files of requests."""
    files = (folder / "export" / "kind=proxy_telemetry").rglob("*.parquet")
    return sum(path.stat().st_size for path in files)


def check(answer: Any, rows: int) -> None:
    """Stop if the answer does not have every request."""
    counted = sum(row["requests"] for row in answer["rows"] if row["side"] == "all")
    if counted != rows // HOSTS * HOSTS:
        raise SystemExit(f"{counted:,} requests were counted instead of {rows:,}")


def main() -> None:
    """Generate and measure each size."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, action="append", help="repeatable")
    parser.add_argument("--lines", action="store_true", help="fill the column `line`")
    parser.add_argument("--rounds", type=int, default=1, help="runs of each query; the best counts")
    parser.add_argument("--work", metavar="DIR", help="work there, and keep the files")
    args = parser.parse_args()
    print("| requests | Parquet | written in | `query proxy` | peak memory |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    for rows in args.rows or (1_000_000, 10_000_000, 100_000_000):
        with tempfile.TemporaryDirectory(prefix="scale-", dir=args.work) as name:
            folder = Path(name)
            started = time.monotonic()
            generate(folder, rows, has_lines=args.lines)
            written = time.monotonic() - started
            flags = ["--config-dir", str(folder / "config"), "--from", str(folder / "export")]
            runs = [measure(folder, *flags) for _ in range(args.rounds)]
            check(runs[0].answer, rows)
            best = min(runs)
            print(
                f"| {rows:,} | {size_of(folder) / 1e6:,.0f} MB | {written:,.0f} s"
                f" | {best.seconds:,.1f} s | {max(run.peak_mb for run in runs):,.0f} MB |",
                flush=True,
            )


if __name__ == "__main__":
    main()
