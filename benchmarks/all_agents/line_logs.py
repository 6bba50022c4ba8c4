"""Agents that write JSON lines."""

import hashlib
from typing import Any

from all_agents.invented import KINDS, Home, Request

_USED = ("input", "cache_read", "output")
_WRITES = (*_USED, "cache_write_5m")


def claude(home: Home) -> None:
    """Two sessions, a fork that copies lines, a subagent, and one of Desktop's local agent mode."""
    folder = ".claude/projects/-home-ada-api"
    main = _answers(home, "s1", "claude-opus-4-6")
    home.put_lines(f"{folder}/s1.jsonl", [{"type": "user", "sessionId": "s1"}, *main])
    home.put_lines(f"{folder}/s2.jsonl", [line | {"sessionId": "s2"} for line in main[:2]])
    aside = _answers(home, "s1", "claude-haiku-4-5", "a1")
    home.put_lines(f"{folder}/s1/subagents/agent-a1.jsonl", aside)
    home.put(f"{folder}/s1/subagents/agent-a1.meta.json", '{"agentType":"explore"}')
    own = ".config/Claude/local-agent-mode-sessions/o1/u1/local_1/.claude/projects/-work"
    home.put_lines(f"{own}/s3.jsonl", _answers(home, "s3", "claude-opus-4-6"))


def _answers(home: Home, session: str, model: str, agent: str = "") -> list[dict[str, Any]]:
    requests = home.requests("claude", model, KINDS[:-1])  # it logs no reasoning
    return [line for request in requests for line in _claude(request, session, agent)]


def _claude(request: Request, session: str, agent: str) -> list[dict[str, Any]]:
    """The lines of an answer: one while it streams, and the last one."""
    writes = {"ephemeral_5m_input_tokens": request.cache_write_5m}
    writes["ephemeral_1h_input_tokens"] = request.cache_write_1h
    usage = {
        "input_tokens": request.input,
        "cache_read_input_tokens": request.cache_read,
        "cache_creation_input_tokens": request.cache_write,
        "cache_creation": writes,
        "service_tier": "standard",
    }
    line: dict[str, Any] = {
        "type": "assistant",
        "timestamp": request.ts,
        "sessionId": session,
        "cwd": "/home/ada/api",
    }
    line |= {"requestId": f"req_01{request.number}", "uuid": f"u{request.number}"}
    line["isSidechain"] = bool(agent)
    line |= {"agentId": agent} if agent else {}
    message = {"id": f"msg_01{request.number}", "model": request.model, "role": "assistant"}
    return [
        line | {"message": message | {"usage": usage | {"output_tokens": output}}}
        for output in (1, request.output)
    ]


def codex(home: Home) -> None:
    """A session with running sums that are repeated, and one in the archive."""
    for name, model in (
        ("sessions/2026/11/22/", "gpt-5.2"),
        ("archived_sessions/", "gpt-5.1-codex"),
    ):
        session = hashlib.md5(model.encode(), usedforsecurity=False).hexdigest()
        meta = {"id": session, "cwd": "/home/ada/api", "originator": "codex_cli_rs"}
        lines: list[Any] = [
            {"timestamp": "2026-11-22T09:00:00.000Z", "type": "session_meta", "payload": meta}
        ]
        context = {"model": model, "turn_id": "t1", "cwd": "/home/ada/api"}
        lines.append(
            {"timestamp": "2026-11-22T09:00:00.100Z", "type": "turn_context", "payload": context}
        )
        sums: dict[str, int] = {}
        for request in home.requests(
            "codex", model, ("input", "cache_read", "output", "reasoning")
        ):
            last = {
                "input_tokens": request.prompt,
                "cached_input_tokens": request.cache_read,
                "output_tokens": request.output,
                "reasoning_output_tokens": request.reasoning,
                "total_tokens": request.prompt + request.output,
            }
            sums = {key: sums.get(key, 0) + value for key, value in last.items()}
            info = {"total_token_usage": sums, "last_token_usage": last}
            payload = {"type": "token_count", "info": info, "rate_limits": None}
            lines += [{"timestamp": request.ts, "type": "event_msg", "payload": payload}] * 2
        home.put_lines(f".codex/{name}rollout-2026-11-22T09-00-00-{session}.jsonl", lines)


def gemini(home: Home) -> None:
    """A chat whose messages grow and that was rewound, one of a subagent, and an old document."""
    chats = ".gemini/tmp/api/chats"
    answers = [_gemini(r) for r in home.requests("gemini", "gemini-2.5-pro", (*_USED, "reasoning"))]
    first = {
        "sessionId": "g1",
        "projectHash": "3f",
        "startTime": "2026-11-22T09:00:00Z",
        "kind": "main",
    }
    begun = [answer | {"tokens": None} for answer in answers[:1]]
    rewound = [{"$rewindTo": answers[0]["id"]}, {"$set": {"messages": answers[:1]}}]
    home.put_lines(
        f"{chats}/session-2026-11-22T09-00-g1.jsonl", [first, *begun, *answers, *rewound]
    )
    side = [_gemini(r) for r in home.requests("gemini", "gemini-2.5-flash", _USED)]
    child = first | {"sessionId": "g2", "kind": "subagent"}
    home.put_lines(f"{chats}/g1/g2.jsonl", [child, *side])
    old = [_gemini(r) for r in home.requests("gemini", "gemini-2.5-pro", _USED)]
    document = {"sessionId": "g3", "projectHash": "3f", "messages": [{"type": "user"}, *old]}
    home.put_lines(f"{chats}/session-2026-10-22T09-00-g3.json", [document])


def _gemini(request: Request) -> dict[str, Any]:
    tokens = {
        "input": request.prompt,
        "cached": request.cache_read,
        "output": request.output - request.reasoning,
        "thoughts": request.reasoning,
        "tool": 0,
        "total": request.prompt + request.output,
    }
    line = {"id": f"g{request.number}", "timestamp": request.ts, "type": "gemini"}
    return line | {"model": request.model, "tokens": tokens}


def qwen(home: Home) -> None:
    """A ledger with a month's requests, chats that have them again, and an older chat alone."""
    chats, ledger = [], []
    for request in home.requests("qwen", "qwen3-coder-plus", _USED):
        chats.append(_qwen(request, "q1"))
        entry = {"schemaVersion": 1, "id": f"l{request.number}", "timestamp": request.ts}
        entry |= {"localDate": request.ts[:10], "sessionId": "q1", "model": request.model}
        entry |= {"authType": "openai", "source": "main", "inputTokens": request.prompt}
        entry |= {"outputTokens": request.output, "cachedTokens": request.cache_read}
        entry |= {"thoughtsTokens": 0, "totalTokens": request.prompt + request.output}
        ledger.append(entry | {"apiDurationMs": 900})
    home.put_lines(".qwen/usage/token-usage-2026-11.jsonl", ledger)
    home.put_lines(".qwen/projects/-home-ada-api/chats/q1.jsonl", chats)
    month = 31 * 86_400_000
    older = [r._replace(ms=r.ms - month) for r in home.requests("qwen", "qwen3-max", _USED)]
    home.put_lines(".qwen/projects/-home-ada-api/chats/q0.jsonl", [_qwen(r, "q0") for r in older])


def _qwen(request: Request, session: str) -> dict[str, Any]:
    usage = {
        "promptTokenCount": request.prompt,
        "cachedContentTokenCount": request.cache_read,
        "candidatesTokenCount": request.output,
        "totalTokenCount": request.prompt + request.output,
    }
    line = {"type": "assistant", "uuid": f"q{request.number}", "sessionId": session}
    line |= {"timestamp": request.ts, "cwd": "/home/ada/api", "model": request.model}
    return line | {"usageMetadata": usage}


def pi(home: Home) -> None:
    """A session of pi and one of Oh My Pi."""
    for number, folder in enumerate((".pi/agent", ".omp/agent")):
        lines: list[Any] = [{"type": "session", "id": f"p{number}", "cwd": "/home/ada/api"}]
        for request in home.requests("pi", "claude-sonnet-4-6", _WRITES):
            usage = {
                "input": request.input,
                "output": request.output,
                "cacheRead": request.cache_read,
                "cacheWrite": request.cache_write,
                "totalTokens": request.prompt + request.output,
                "cost": {"total": 0.25},
            }
            message: dict[str, Any] = {
                "role": "assistant",
                "model": request.model,
                "provider": "anthropic",
            }
            message |= {"responseId": f"msg_pi{request.number}", "usage": usage}
            line = {"type": "message", "id": f"{request.number:08x}", "parentId": None}
            lines.append(line | {"timestamp": request.ts, "message": message})
        path = f"{folder}/sessions/--home-ada-api--/2026-11-22T09-00-00-000Z_p{number}.jsonl"
        home.put_lines(path, lines)


def kimi(home: Home) -> None:
    """Kimi CLI with a subagent that the main file repeats, and Kimi Code with an alias."""
    work = hashlib.md5(b"/home/ada/api", usedforsecurity=False).hexdigest()
    home.put(".kimi/kimi.json", '{"work_dirs":[{"path":"/home/ada/api","kaos":"local"}]}')
    home.put(".kimi/config.toml", 'default_model = "k2"\n[models.k2]\nmodel = "kimi-for-coding"\n')
    main = [_status(r) for r in home.requests("kimi", "kimi-for-coding", _WRITES)]
    side = [_status(r) for r in home.requests("kimi", "kimi-for-coding", _WRITES)]
    first = {"type": "metadata", "protocol_version": "1.3"}
    mirrored = [
        line | {"message": {"type": "SubagentEvent", "payload": {"event": line["message"]}}}
        for line in side
    ]
    folder = f".kimi/sessions/{work}/k1"
    home.put_lines(f"{folder}/wire.jsonl", [first, *main, *mirrored])
    home.put_lines(f"{folder}/subagents/a1/wire.jsonl", [first, *side])
    lines: list[Any] = []
    for request in home.requests("kimi", "kimi-k2-0905", _WRITES):
        usage = {"inputOther": request.input, "output": request.output}
        usage |= {"inputCacheRead": request.cache_read, "inputCacheCreation": request.cache_write}
        lines.append({"type": "llm.request", "time": request.ms - 5, "model": request.model})
        lines.append({"type": "usage.record", "time": request.ms, "model": "k2", "usage": usage})
        event = {"type": "step.end", "usage": usage}
        lines.append({"type": "context.append_loop_event", "time": request.ms + 1, "event": event})
    folder = ".kimi-code/sessions/wd_api/k2"
    home.put_lines(f"{folder}/agents/main/wire.jsonl", lines)
    home.put(f"{folder}/state.json", '{"workDir":"/home/ada/api"}')


def _status(request: Request) -> dict[str, Any]:
    usage = {"input_other": request.input, "output": request.output}
    usage |= {"input_cache_read": request.cache_read, "input_cache_creation": request.cache_write}
    payload = {"message_id": f"chatcmpl-{request.number}", "token_usage": usage}
    return {"timestamp": request.ms / 1000, "message": {"type": "StatusUpdate", "payload": payload}}


def aider(home: Home) -> None:
    """The log of analytics, which a user has to switch on."""
    lines, cost = [], 0.0
    for request in home.requests("aider", "gpt-5.2", ("input", "output")):
        cost += 0.5
        properties: dict[str, Any] = {
            "main_model": request.model,
            "edit_format": "diff",
            "cost": 0.5,
        }
        properties |= {"prompt_tokens": request.input, "completion_tokens": request.output}
        properties |= {"total_tokens": request.input + request.output, "total_cost": cost}
        line: dict[str, Any] = {"event": "message_send", "properties": properties, "user_id": "u1"}
        lines.append(line | {"time": request.ms // 1000})
    home.put_lines(".aider/analytics.jsonl", lines)
