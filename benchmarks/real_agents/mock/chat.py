"""OpenAI Chat Completions."""

import json
import time
from collections.abc import Iterator

from real_agents.mock.exchange import JSON, Answer, Event, Question, Tool, text_of

LARGE = 190_000
WRITES = False


def matches(path: str) -> bool:
    """Whether a request is of this API."""
    return path.endswith("/chat/completions")


def read(path: str, body: JSON) -> Question:
    """The question of a request."""
    results: list[str] = []
    prompt = ""
    for message in reversed(body["messages"]):
        if message["role"] == "user":  # Kimi Code sends a reminder as a message after the prompt
            prompt = f"{text_of(message['content'])}\n{prompt}".strip()
        elif prompt:
            break
        elif message["role"] == "tool":
            results.insert(0, text_of(message.get("content")))
    functions = [tool["function"] for tool in body.get("tools") or [] if "function" in tool]
    tools = {
        function["name"]: Tool(function["name"], function.get("parameters") or {})
        for function in functions
    }
    return Question(body["model"], prompt, tools, tuple(results), bool(body.get("stream")))


def usage(answer: Answer) -> JSON:
    """The tokens of an answer; the cache's are inside of the prompt's."""
    counts = answer.counts
    prompt = counts.input + counts.cache_read
    return {
        "prompt_tokens": prompt,
        "prompt_tokens_details": {"cached_tokens": counts.cache_read},
        "completion_tokens": counts.output,
        "completion_tokens_details": {"reasoning_tokens": counts.reasoning},
        "total_tokens": prompt + counts.output,
    }


def _message(answer: Answer) -> JSON:
    message: dict[str, JSON] = {"role": "assistant", "content": answer.text}
    if answer.tool:
        function = {"name": answer.tool.name, "arguments": json.dumps(answer.arguments)}
        identifier = f"call_{answer.number}"
        call = {"index": 0, "id": identifier, "type": "function", "function": function}
        message["tool_calls"] = [call]
    return message


def _envelope(answer: Answer, kind: str) -> dict[str, JSON]:
    identifier = f"chatcmpl-mock{answer.number:06}"
    return {"id": identifier, "object": kind, "created": int(time.time()), "model": answer.model}


def whole(answer: Answer) -> JSON:
    """The answer to a request without a stream."""
    reason = "tool_calls" if answer.tool else "stop"
    choice = {"index": 0, "message": _message(answer), "finish_reason": reason}
    return {**_envelope(answer, "chat.completion"), "choices": [choice], "usage": usage(answer)}


def events(answer: Answer) -> Iterator[Event]:
    """The answer as a stream, its tokens in a chunk of their own."""
    envelope = _envelope(answer, "chat.completion.chunk")
    reason = "tool_calls" if answer.tool else "stop"
    choice = {"index": 0, "delta": _message(answer), "finish_reason": None}
    yield Event({**envelope, "choices": [choice]})
    yield Event({**envelope, "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
    yield Event({**envelope, "choices": [], "usage": usage(answer)})
    yield Event("[DONE]")


def error(status: int) -> tuple[int, JSON]:
    """The answer of an API that is overloaded, or limits requests."""
    return status, {"error": {"message": f"mock {status}", "type": "server_error", "code": status}}


def headers(answer: Answer) -> dict[str, str]:
    """The limits of an API key."""
    limit = "x-ratelimit-remaining"
    return {f"{limit}-requests": "99", f"{limit}-tokens": "999000"}
