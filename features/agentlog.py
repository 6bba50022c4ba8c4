"""Lines of agents' own logs, from a table of requests.

A column is a field of a row of the book; an empty cell or a missing column has the value of a plain
request. `at` is a time such as `09:00` on the scenarios' day, or with a day before it. Tools are
claude, whose lines are one request each, and codex, whose lines have the sums of a session. `agent`
is the one that ingests them, `ran` a command of the shell that a request of claude ran, `calls` are
the tools that it called.
"""

import json
from typing import Any

from behave.model import Table
from scratch import moment

_PLAIN = {
    **{"agent": "main", "at": "09:00", "tool": "claude"},
    **{"model": "claude-opus-4-5", "session": "s1"},
    **{"project": "/srv/api", "branch": "main", "usd": "", "input": "100", "output": "10"},
    **{"cache_read": "0", "cache_write": "0", "cache_write_1h": "0", "reasoning": "0"},
    **{"ran": "", "calls": ""},
}


def logs(table: Table) -> list[tuple[str, str, str]]:
    """(Agent, tool, its lines): all of claude's together, codex's by session."""
    groups: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    for row in table:
        values = _PLAIN | {head: row[head] for head in table.headings if row[head]}
        session = values["session"] if values["tool"] == "codex" else ""
        groups.setdefault((values["agent"], values["tool"], session), []).append(values)
    make = {"claude": _claude, "codex": _codex}
    return [(agent, tool, _lines(make[tool](rows))) for (agent, tool, _), rows in groups.items()]


def _claude(rows: list[dict[str, str]]) -> list[Any]:
    events = []
    for number, row in enumerate(rows):
        for_hour, others = int(row["cache_write_1h"]), int(row["cache_write"])
        usage = {
            "input_tokens": int(row["input"]),
            "cache_read_input_tokens": int(row["cache_read"]),
            "cache_creation_input_tokens": for_hour + others,
            "cache_creation": {
                "ephemeral_5m_input_tokens": others,
                "ephemeral_1h_input_tokens": for_hour,
            },
            "output_tokens": int(row["output"]),
        }
        line: dict[str, Any] = {
            **{"type": "assistant", "timestamp": _moment(row["at"]), "sessionId": row["session"]},
            **{"cwd": row["project"], "gitBranch": row["branch"], "requestId": f"req_{number}"},
            "message": {"id": f"msg_01{row['at']}", "model": row["model"], "usage": usage},
        }
        if row["ran"]:
            call = {"type": "tool_use", "id": f"t{number}", "name": "Bash"}
            line["message"]["content"] = [{**call, "input": {"command": row["ran"]}}]
        elif row["calls"]:
            line["message"]["content"] = [
                {"type": "tool_use", "id": f"t{number}-{n}", "name": name, "input": {}}
                for n, name in enumerate(row["calls"].split(", "))
            ]
        if row["usd"]:
            line["costUSD"] = float(row["usd"])
        events.append(line)
    return events


def _codex(rows: list[dict[str, str]]) -> list[Any]:
    first = rows[0]
    meta = {"id": first["session"], "cwd": first["project"], "git": {"branch": first["branch"]}}
    events: list[Any] = [_event(first["at"], "session_meta", meta)]
    sums = [0, 0, 0, 0]
    for row in rows:
        events.append(_event(row["at"], "turn_context", {"model": row["model"]}))
        cached = int(row["cache_read"])
        counts = (int(row["input"]) + cached, cached, int(row["output"]), int(row["reasoning"]))
        sums = [a + b for a, b in zip(sums, counts, strict=True)]
        names = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens")
        info = {"total_token_usage": dict(zip(names, sums, strict=True))}
        events.append(_event(row["at"], "event_msg", {"type": "token_count", "info": info}))
    return events


def _event(at: str, kind: str, payload: dict[str, Any]) -> Any:
    return {"timestamp": _moment(at), "type": kind, "payload": payload}


def _moment(at: str) -> str:
    return moment(at).replace("Z", ":00.000Z")


def _lines(rows: list[Any]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)
