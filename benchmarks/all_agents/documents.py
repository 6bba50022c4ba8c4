"""Agents that write JSON documents, and Cursor, whose files have no numbers."""

import json
import sqlite3
from contextlib import closing
from typing import Any

from all_agents.invented import Home

_WRITES = ("input", "cache_read", "cache_write_5m", "output")
_EXTENSIONS = {
    "cline": "saoudrizwan.claude-dev",
    "roo-code": "rooveterinaryinc.roo-cline",
    "kilo-code": "kilocode.kilo-code",
}


def cline(home: Home) -> None:
    """A task of each extension of VS Code."""
    for feed, extension in _EXTENSIONS.items():
        messages, history = [], []
        for request in home.requests(feed, "claude-sonnet-4-6", _WRITES):
            # Roo Code and Kilo Code count what a cache served and stored in their input.
            sent = request.input if feed == "cline" else request.prompt
            counts = {"tokensIn": sent, "tokensOut": request.output}
            counts |= {"cacheReads": request.cache_read, "cacheWrites": request.cache_write}
            text = json.dumps({"request": "...", "cost": 0.25, **counts})
            says = {"ts": request.ms, "type": "say", "say": "api_req_started", "text": text}
            model = {"modelId": request.model, "providerId": "anthropic", "mode": "act"}
            info = {"modelInfo": model} if feed == "cline" else {}
            messages += [{**says, **info}, {"ts": request.ms + 1, "type": "say", "say": "text"}]
            shown = f"<environment_details><model>{request.model}</model></environment_details>"
            asked = {"role": "user", "ts": request.ms - 1}
            history.append({**asked, "content": [{"type": "text", "text": shown}]})
            history.append({"role": "assistant", "ts": request.ms, "content": [], **info})
        task = f".config/Code/User/globalStorage/{extension}/tasks/{messages[0]['ts']}"
        home.put(f"{task}/ui_messages.json", json.dumps(messages))
        home.put(f"{task}/api_conversation_history.json", json.dumps(history))


def cline_cli(home: Home) -> None:
    """A session of Cline's own program."""
    messages = []
    for request in home.requests("cline-cli", "claude-sonnet-4-6", ("input", "output")):
        metrics: dict[str, Any] = {"inputTokens": request.input, "outputTokens": request.output}
        metrics |= {"cacheReadTokens": 0, "cacheWriteTokens": 0, "cost": 0.25}
        message = {"id": f"c{request.number}", "role": "assistant", "ts": request.ms}
        model = {"id": request.model, "provider": "anthropic"}
        messages.append(message | {"modelInfo": model, "metrics": metrics})
    document = {"sessionId": "cc1", "messages": messages}
    home.put(".cline/data/sessions/cc1/cc1.messages.json", json.dumps(document))


def droid(home: Home) -> None:
    """Sessions, each with its sums alone."""
    for request in home.requests("droid", "claude-opus-4-6", (*_WRITES, "reasoning")):
        usage = {
            "inputTokens": request.input,
            "outputTokens": request.output - request.reasoning,
            "cacheCreationTokens": request.cache_write,
            "cacheReadTokens": request.cache_read,
            "thinkingTokens": request.reasoning,
            "totalTokens": request.prompt + request.output,
        }
        document = {"model": request.model, "providerLock": "anthropic", "tokenUsage": usage}
        document |= {"providerLockTimestamp": request.ts}
        path = f".factory/sessions/-home-ada-api/d{request.number}"
        home.put(f"{path}.settings.json", json.dumps(document))
        start = {"type": "session_start", "id": f"d{request.number}", "cwd": "/home/ada/api"}
        home.put_lines(f"{path}.jsonl", [start])


def amp(home: Home) -> None:
    """A thread with a ledger, and a stub of one that is on the server."""
    events, messages = [], []
    for number, request in enumerate(home.requests("amp", "claude-opus-4-6", _WRITES)):
        tokens = {"input": request.input, "output": request.output}
        event: dict[str, Any] = {
            "id": f"e{request.number}",
            "timestamp": request.ts,
            "model": request.model,
        }
        event |= {"credits": 1.5, "tokens": tokens, "operationType": "inference"}
        events.append(event | {"fromMessageId": 2 * number, "toMessageId": 2 * number + 1})
        usage = {"model": request.model, "inputTokens": request.input, "timestamp": request.ts}
        usage |= {"outputTokens": request.output, "cacheReadInputTokens": request.cache_read}
        usage |= {"cacheCreationInputTokens": request.cache_write}
        answer = {"role": "assistant", "messageId": 2 * number + 1, "usage": usage}
        messages += [{"role": "user", "messageId": 2 * number}, answer]
    thread = {"id": "T-1", "created": 1_795_338_000_000, "messages": messages}
    folder = ".local/share/amp/threads"
    home.put(f"{folder}/T-1.json", json.dumps(thread | {"usageLedger": {"events": events}}))
    home.put(f"{folder}/T-2.json", json.dumps({"id": "T-2", "created": 1_795_338_000_000, "v": 1}))


def cursor(home: Home) -> None:
    """Bubbles whose counts are zero: there is nothing to book."""
    folder = ".config/Cursor/User/globalStorage"
    home.put(f"{folder}/storage.json", "{}")
    bubble = json.dumps({"type": 2, "tokenCount": {"inputTokens": 0, "outputTokens": 0}})
    with closing(sqlite3.connect(home.folder / folder / "state.vscdb")) as database:
        database.execute(
            "CREATE TABLE cursorDiskKV (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB)"
        )
        database.execute("INSERT INTO cursorDiskKV VALUES ('bubbleId:c1:b1', ?)", [bubble])
        database.commit()
