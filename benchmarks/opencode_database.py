"""Write a database as opencode does, with a given number of messages, and print its true sums.

`--mb` is the size that the parts of messages fill it up to. `--add` adds messages to a database
that exists, and changes its last one in place.

Example:
  benchmarks/opencode_database.py ~/.local/share/opencode/opencode.db --messages 200000 --mb 400
"""

import argparse
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

_BEGIN = 1_760_000_000_000  # milliseconds since 1970
_STEP = 20_000  # milliseconds between two messages
_PER_SESSION = 100
_SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS session (id TEXT PRIMARY KEY, project_id TEXT NOT NULL, parent_id TEXT,
  directory TEXT NOT NULL, title TEXT NOT NULL, time_created INTEGER NOT NULL,
  time_updated INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS message (id TEXT PRIMARY KEY, session_id TEXT NOT NULL,
  time_created INTEGER NOT NULL, time_updated INTEGER NOT NULL, data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS part (id TEXT PRIMARY KEY, message_id TEXT NOT NULL,
  session_id TEXT NOT NULL, time_created INTEGER NOT NULL, time_updated INTEGER NOT NULL,
  data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS message_session_time_created_id_idx
  ON message (session_id, time_created, id);
CREATE INDEX IF NOT EXISTS part_message_id_id_idx ON part (message_id, id);
CREATE INDEX IF NOT EXISTS part_session_idx ON part (session_id);
"""


def message(number: int) -> tuple[str, str, int, int, str]:
    """A row of `message`: each second is an answer, of which the number gives the tokens."""
    session, created = f"ses_{number // _PER_SESSION:08x}", _BEGIN + number * _STEP
    data: dict[str, object] = {"role": "user", "time": {"created": created}, "agent": "build"}
    if number % 2:
        data = {
            "parentID": f"msg_{number - 1:012x}",
            "role": "assistant",
            "mode": "build",
            "agent": "build",
            "path": {"cwd": "/srv/api", "root": "/srv/api"},
            "cost": number % 1000 / 1000,
            "tokens": {**_tokens(number), "cache": {"read": number % 50_000, "write": 0}},
            "modelID": "glm-4.6",
            "providerID": "zai",
            "time": {"created": created, "completed": created + 9000},
            "finish": "stop",
        }
    return f"msg_{number:012x}", session, created, created + 9000, json.dumps(data)


def _tokens(number: int) -> dict[str, int]:
    return {"input": 100 + number % 900, "output": 1 + number % 300, "reasoning": 0}


def sums(count: int) -> dict[str, int]:
    """The true sums of the first messages."""
    answers = range(1, count, 2)
    tokens = [_tokens(number) for number in answers]
    return {
        "requests": len(answers),
        "input_tokens": sum(each["input"] for each in tokens),
        "cache_read_tokens": sum(number % 50_000 for number in answers),
        "output_tokens": sum(each["output"] for each in tokens),
    }


def _parts(first: int, last: int, size: int) -> Iterator[tuple[str, str, str, int, int, str]]:
    for number in range(first, last):
        name, session, created, updated, _ = message(number)
        yield f"prt_{number:012x}", name, session, created, updated, "x" * size


def write(path: Path, first: int, last: int, part_bytes: int) -> None:
    """Add messages `first` to `last`, each with one part of a size."""
    database = sqlite3.connect(path)
    database.executescript(_SCHEMA)
    for begin in range(first, last, 50_000):
        end = min(begin + 50_000, last)
        sessions = {(message(number)[1], _BEGIN + number * _STEP) for number in range(begin, end)}
        with database:
            database.executemany(
                "INSERT OR IGNORE INTO session VALUES (?1, 'p', NULL, '/srv/api', 't', ?2, ?2)",
                sessions,
            )
            database.executemany(
                "INSERT INTO message VALUES (?, ?, ?, ?, ?)", map(message, range(begin, end))
            )
            if part_bytes:
                database.executemany(
                    "INSERT INTO part VALUES (?, ?, ?, ?, ?, ?)", _parts(begin, end, part_bytes)
                )
    database.close()


def main() -> int:
    """Write, and print the sums."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", type=Path)
    parser.add_argument("--messages", type=int, default=200_000)
    parser.add_argument("--mb", type=float, default=0.0)
    parser.add_argument("--add", type=int, default=0)
    args = parser.parse_args()
    args.path.parent.mkdir(parents=True, exist_ok=True)
    if args.add:
        write(args.path, args.messages, args.messages + args.add, 0)
    else:
        part_bytes = int(max(args.mb * 2**20 / args.messages - 700, 0))
        write(args.path, 0, args.messages, part_bytes)
    print(json.dumps(sums(args.messages + args.add)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
