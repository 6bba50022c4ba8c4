"""Anthropic Messages."""

import json
import time
from collections.abc import Iterator

from real_agents.mock.exchange import JSON, Answer, Counts, Event, Question, Tool, text_of

LARGE = 190_000
WRITES = True


def matches(path: str) -> bool:
    """Whether a request is of this API."""
    return path.endswith("/messages")


def read(path: str, body: JSON) -> Question:
    """The question of a request."""
    results: list[str] = []
    prompt = ""
    for message in reversed(body["messages"]):
        content = message["content"]
        parts = (
            [part for part in content if isinstance(part, dict)] if content != str(content) else []
        )
        answered = [part for part in parts if part.get("type") == "tool_result"]
        results[:0] = [text_of(part.get("content")) for part in answered]
        if message["role"] == "user" and not answered:
            prompt = text_of(content)
            break
    tools = {
        tool["name"]: Tool(tool["name"], tool.get("input_schema", {}))
        for tool in body.get("tools", [])
    }
    return Question(body["model"], prompt, tools, tuple(results), bool(body.get("stream")))


def usage(answer: Answer) -> JSON:
    """The tokens of an answer; a tenth of the writes are kept for an hour."""
    hour = answer.counts.cache_write // 10
    result = {
        **_usage(answer.counts),
        "cache_creation": {
            "ephemeral_5m_input_tokens": answer.counts.cache_write - hour,
            "ephemeral_1h_input_tokens": hour,
        },
        "service_tier": "standard",
    }
    if answer.advised:
        main = {**result, "type": "message"}
        advice = {**_usage(answer.advised), "type": "advisor_message", "model": "claude-opus-4-6"}
        result["iterations"] = [main, advice]
    return result


def _usage(counts: Counts) -> dict[str, JSON]:
    return {
        "input_tokens": counts.input,
        "cache_read_input_tokens": counts.cache_read,
        "cache_creation_input_tokens": counts.cache_write,
        "output_tokens": counts.output,
    }


def _content(answer: Answer) -> list[JSON]:
    content: list[JSON] = [{"type": "text", "text": answer.text}]
    if answer.tool:
        identifier = f"toolu_mock{answer.number:06}"
        call = {"id": identifier, "name": answer.tool.name, "input": answer.arguments}
        content.append({"type": "tool_use", **call})
    return content


def whole(answer: Answer) -> JSON:
    """The answer to a request without a stream."""
    return {
        "id": f"msg_mock{answer.number:06}",
        "type": "message",
        "role": "assistant",
        "model": answer.model,
        "content": _content(answer),
        "stop_reason": "tool_use" if answer.tool else "end_turn",
        "stop_sequence": None,
        "usage": usage(answer),
    }


def events(answer: Answer) -> Iterator[Event]:
    """The answer as a stream: the tokens at its end are larger than those at its start."""

    def event(kind: str, **fields: JSON) -> Event:
        return Event({"type": kind, **fields}, kind)

    message = whole(answer)
    begun = {**message["usage"], "output_tokens": 3}
    unfinished: JSON = {"content": [], "stop_reason": None, "usage": begun}
    yield event("message_start", message={**message, **unfinished})
    for index, part in enumerate(message["content"]):
        if part["type"] == "text":
            empty: JSON = {"type": "text", "text": ""}
            delta = {"type": "text_delta", "text": part["text"]}
        else:
            empty = {**part, "input": {}}
            delta = {"type": "input_json_delta", "partial_json": json.dumps(part["input"])}
        yield event("content_block_start", index=index, content_block=empty)
        yield event("content_block_delta", index=index, delta=delta)
        yield event("content_block_stop", index=index)
    stop = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    yield event("message_delta", delta=stop, usage=message["usage"])
    yield event("message_stop")


def error(status: int) -> tuple[int, JSON]:
    """The answer of an API that is overloaded, or limits requests."""
    kind = "rate_limit_error" if status == 429 else "overloaded_error"
    return status, {"type": "error", "error": {"type": kind, "message": f"mock {status}"}}


def headers(answer: Answer) -> dict[str, str]:
    """The id of the request, and the limits of a subscription."""
    now = int(time.time())
    limit = "anthropic-ratelimit-unified"
    return {
        "request-id": f"req_mock{answer.number:06}",
        f"{limit}-status": "allowed",
        f"{limit}-5h-status": "allowed",
        f"{limit}-5h-utilization": "0.235",
        f"{limit}-5h-reset": str(now + 9000),
        f"{limit}-7d-status": "allowed",
        f"{limit}-7d-utilization": "0.417",
        f"{limit}-7d-reset": str(now + 300_000),
        f"{limit}-reset": str(now + 9000),
        f"{limit}-representative-claim": "five_hour",
    }
