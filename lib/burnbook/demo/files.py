"""Writes an invented history in the forms that agents, panes and proxies have."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from burnbook.demo.calls import called
from burnbook.demo.history import Agent, Meter, ProxyRequest, Request


def codex_logs(folder: Path, agent: Agent, requests: Sequence[Request]) -> None:
    """Rollouts as Codex writes them: the sums of each session, with its limits."""
    for session, rows in _sessions(requests).items():
        first = rows[0]
        name = f"00000000-0000-7000-8000-{session:012}"
        meta = {"id": name, "cwd": first.project, "git": {"branch": first.branch}}
        lines = [_line(first.at, "session_meta", meta)]
        sums = dict.fromkeys(("input_tokens", "cached_input_tokens", "output_tokens"), 0)
        model = None
        for row, done in zip(rows, called(agent, rows), strict=True):
            if row.model != model:
                model = row.model
                lines.append(_line(row.at, "turn_context", {"model": model}))
            lines += [_function_call(row.at, *call) for call in done.calls]
            last = {
                "input_tokens": row.input + row.cache_write + row.cache_read,
                "cached_input_tokens": row.cache_read,
                "output_tokens": row.output,
            }
            sums = {key: sums[key] + last[key] for key in sums}
            info = {"total_token_usage": sums, "last_token_usage": last}
            limits = {
                "primary": _limit(row.five_hours, 300),
                "secondary": _limit(row.week, 10_080),
            }
            event = {"type": "token_count", "info": info, "rate_limits": limits}
            lines.append(_line(row.at, "event_msg", event))
        path = folder / "sessions" / f"{first.at:%Y/%m/%d}"
        _write(path / f"rollout-{first.at:%Y-%m-%dT%H-%M-%S}-{name}.jsonl", lines)


def claude_logs(folder: Path, agent: Agent, requests: Sequence[Request]) -> None:
    """Transcripts as Claude Code writes them: an answer for each request."""
    for session, rows in _sessions(requests).items():
        lines = []
        for number, (row, done) in enumerate(zip(rows, called(agent, rows), strict=True)):
            usage = {
                "input_tokens": row.input,
                "cache_creation_input_tokens": row.cache_write,
                "cache_read_input_tokens": row.cache_read,
                "output_tokens": row.output,
            }
            content = [
                {"type": "tool_use", "id": f"toolu_{number}x{n}", "name": name, "input": arguments}
                for n, (name, arguments) in enumerate(done.calls)
            ]
            own = f"msg_01{agent.name}{session}x{number}"
            message = {"id": own, "model": row.model, "content": content}
            named = {"attributionSkill": done.skill, "attributionAgent": done.subagent}
            line = {
                **{"type": "assistant", "timestamp": _iso(row.at)},
                **{"sessionId": f"{agent.name}-{session:04}", "cwd": row.project},
                **{"gitBranch": row.branch, "requestId": f"req_01{agent.name}{session}x{number}"},
                **{key: name for key, name in named.items() if name is not None},
                "isSidechain": done.subagent is not None,
                "message": {**message, "usage": usage},
            }
            lines.append(json.dumps(line))
        project = rows[0].project.replace("/", "-")
        _write(folder / "projects" / project / f"{agent.name}-{session:04}.jsonl", lines)


def proxy_log(path: Path, requests: Sequence[ProxyRequest]) -> None:
    """The log of the proxy, a line for each request."""
    lines = [
        json.dumps(
            {
                **{"ts": _iso(row.at), "rid": row.feature, "lane": row.lane},
                **{"model": row.model, "status": row.status},
                **{"input_tokens": row.input, "output_tokens": row.output},
                **{"reason": "policy:default", "latency_ms": row.latency_ms},
            }
        )
        for row in requests
    ]
    _write(path, lines)


def codex_pane(login: str, five: Meter, week: Meter) -> str:
    """What `/status` of Codex shows."""
    return (
        ">_ OpenAI Codex (v0.98.0)\n"
        f"  Account: {login} (Pro)\n"
        "  Context window: 90% left (28K used / 272K)\n"
        f"  5h limit:     {five.used:.0f}% used (resets {five.resets_at:%H:%M on %d %b})\n"
        f"  Weekly limit: {week.used:.0f}% used (resets {week.resets_at:%H:%M on %d %b})\n"
    )


def claude_pane(login: str, five: Meter, week: Meter) -> str:
    """What `/usage` of Claude Code shows."""
    return (
        f"Email: {login}\n"
        f"Current session\n  {five.used:.0f}% used\n  Resets {_clock(five.resets_at)} (UTC)\n\n"
        f"Current week (all models)\n  {week.used:.0f}% used\n"
        f"  Resets {week.resets_at:%b %d} at {_clock(week.resets_at)} (UTC)\n"
    )


def status_line(five: Meter, week: Meter, session: int) -> str:
    """What Claude Code gives its status line."""
    limits = {
        "five_hour": {
            "used_percentage": round(five.used, 1),
            "resets_at": int(five.resets_at.timestamp()),
        },
        "seven_day": {
            "used_percentage": round(week.used, 1),
            "resets_at": int(week.resets_at.timestamp()),
        },
    }
    return json.dumps({"session_id": f"s{session}", "rate_limits": limits})


def _function_call(at: datetime, name: str, arguments: dict[str, Any]) -> str:
    server, _, tool = name.rpartition("__")
    names = {"name": tool, "namespace": server} if server else {"name": name}
    call = {"type": "function_call", **names, "arguments": json.dumps(arguments), "call_id": "c"}
    line = {"timestamp": _iso(at), "type": "response_item", "payload": call}
    return json.dumps(line, separators=(",", ":"))


def _limit(meter: Meter, minutes: int) -> dict[str, Any]:
    at = int(meter.resets_at.timestamp())
    return {"used_percent": round(meter.used, 1), "window_minutes": minutes, "resets_at": at}


def _sessions(requests: Sequence[Request]) -> dict[int, list[Request]]:
    sessions: dict[int, list[Request]] = {}
    for request in requests:
        sessions.setdefault(request.session, []).append(request)
    return sessions


def _line(at: datetime, kind: str, payload: Any) -> str:
    return json.dumps({"timestamp": _iso(at), "type": kind, "payload": payload})


def _iso(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.000Z"


def _clock(at: datetime) -> str:
    return f"{at:%I:%M%p}".lower().lstrip("0")


def _write(path: Path, lines: Sequence[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
