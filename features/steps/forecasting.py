"""Weeks of work with a weekly limit, as Codex logs them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from behave import given
from behave.runner import Context

_TODAY = datetime(2026, 11, 22, tzinfo=UTC)
_RESET = datetime(2026, 11, 26, 7, tzinfo=UTC)
_WEEK = timedelta(weeks=1)
_HOURS = (9.25, 13.0, 16.5)
_MORE = (0, 2, -1, 1, -2, 3, -3)  # points, one after the other


@given("Ada worked with Codex for {weeks:d} weeks, {points:d} points a request")
def worked(context: Context, weeks: int, points: int) -> None:
    """Three requests on each workday before today, each with about so many points of the week.

    The logs are ingested on Wednesdays and Fridays: of a limit, its newest value is booked."""
    first = _TODAY - weeks * _WEEK
    days = [first + timedelta(days=day) for day in range(7 * weeks)]
    used, number, resets_at = 0, 0, _RESET - (weeks + 1) * _WEEK
    for day in (each for each in days if each.weekday() < 5):
        lines = [_line(day, "session_meta", {"id": f"{day:%m%d}", "cwd": "/srv"})]
        lines.append(_line(day, "turn_context", {"model": "gpt-5.2-codex"}))
        tokens = 0
        for hour in _HOURS:
            at = day + timedelta(hours=hour)
            while resets_at <= at:
                used, resets_at = 0, resets_at + _WEEK
            step = points + _MORE[number % len(_MORE)]
            used, tokens, number = min(100, used + step), tokens + 1000 * step, number + 1
            limit = {"used_percent": used, "window_minutes": 10_080}
            limits = {"primary": {**limit, "resets_at": int(resets_at.timestamp())}}
            info = {"total_token_usage": {"input_tokens": tokens, "output_tokens": number}}
            event = {"type": "token_count", "info": info, "rate_limits": limits}
            lines.append(_line(at, "event_msg", event))
        path = context.scratch.home / ".codex" / "sessions" / f"{day:%Y/%m/%d}"
        path.mkdir(parents=True)
        text = "".join(f"{json.dumps(line)}\n" for line in lines)
        (path / f"rollout-{day:%m%d}.jsonl").write_text(text, "utf-8")
        if day.weekday() in (2, 4):
            context.scratch.run(["bin/ingest", "codex", "--at", f"{day:%Y-%m-%d}T20:00:00Z"])
            assert context.scratch.code == 0, context.scratch.stderr


def _line(at: datetime, kind: str, payload: Any) -> Any:
    return {"timestamp": f"{at:%Y-%m-%dT%H:%M:%S}.000Z", "type": kind, "payload": payload}
