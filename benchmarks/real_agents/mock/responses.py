"""OpenAI Responses."""

import json
import time
from collections.abc import Iterator

from real_agents.mock.exchange import JSON, Answer, Event, Question, Tool, text_of

LARGE = 200_000
WRITES = True


def matches(path: str) -> bool:
    """Whether a request is of this API."""
    return path.endswith("/responses")


def read(path: str, body: JSON) -> Question:
    """The question of a request."""
    items = body["input"]
    if isinstance(items, str):
        items = [{"role": "user", "content": items}]
    results: list[str] = []
    prompt = ""
    for item in reversed(items):
        if str(item.get("type")).endswith("_output"):
            results.insert(0, json.dumps(item.get("output")))
        elif item.get("role") == "user":
            prompt = text_of(item["content"])
            break
    tools = {}
    for entry in body.get("tools") or []:
        inner = entry.get("tools", []) if entry.get("type") == "namespace" else [entry]
        group = entry.get("name", "") if entry.get("type") == "namespace" else ""
        for tool in inner:
            name = tool.get("name") or tool.get("type")
            tools[name] = Tool(name, tool.get("parameters") or {}, group)
    return Question(body["model"], prompt, tools, tuple(results), bool(body.get("stream")))


def usage(answer: Answer) -> JSON:
    """The tokens of an answer; the cache's are inside of the input's."""
    counts = answer.counts
    sent = counts.input + counts.cache_read + counts.cache_write
    cache = {"cached_tokens": counts.cache_read, "cache_write_tokens": counts.cache_write}
    return {
        "input_tokens": sent,
        "input_tokens_details": cache,
        "output_tokens": counts.output,
        "output_tokens_details": {"reasoning_tokens": counts.reasoning},
        "total_tokens": sent + counts.output,
    }


def _item(answer: Answer) -> dict[str, JSON]:
    number = answer.number
    if not answer.tool:
        part = {"type": "output_text", "text": answer.text, "annotations": []}
        return {"type": "message", "id": f"msg_{number}", "role": "assistant", "content": [part]}
    arguments = json.dumps(answer.arguments)
    item = {"type": "function_call", "id": f"fc_{number}", "call_id": f"call_{number}"}
    named = {**item, "name": answer.tool.name, "arguments": arguments}
    return {**named, "namespace": answer.tool.namespace} if answer.tool.namespace else named


def whole(answer: Answer) -> JSON:
    """The answer to a request without a stream."""
    return {
        "id": f"resp_mock{answer.number:06}",
        "object": "response",
        "created_at": int(time.time()),
        "status": "completed",
        "model": answer.model,
        "output": [{**_item(answer), "status": "completed"}],
        "usage": usage(answer),
        "service_tier": "default",
        "error": None,
    }


def events(answer: Answer) -> Iterator[Event]:
    """The answer as a stream."""

    def event(kind: str, **fields: JSON) -> Event:
        return Event({"type": kind, **fields}, kind)

    response = whole(answer)
    item = response["output"][0]
    at = {"item_id": item["id"], "output_index": 0}
    begun = {**response, "status": "in_progress", "output": [], "usage": None}
    yield event("response.created", response=begun)
    if answer.tool:
        empty = {**item, "status": "in_progress", "arguments": ""}
        yield event("response.output_item.added", output_index=0, item=empty)
        kind = "response.function_call_arguments"
        yield event(f"{kind}.delta", **at, delta=item["arguments"])
        yield event(f"{kind}.done", **at, arguments=item["arguments"])
    else:
        empty = {**item, "status": "in_progress", "content": []}
        yield event("response.output_item.added", output_index=0, item=empty)
        part = item["content"][0]
        at = {**at, "content_index": 0}
        yield event("response.content_part.added", **at, part={**part, "text": ""})
        yield event("response.output_text.delta", **at, delta=answer.text)
        yield event("response.output_text.done", **at, text=answer.text)
    yield event("response.output_item.done", output_index=0, item=item)
    yield event("response.completed", response=response)


def error(status: int) -> tuple[int, JSON]:
    """The answer of an API that is overloaded, or limits requests."""
    return status, {"error": {"message": f"mock {status}", "type": "server_error", "code": "busy"}}


def headers(answer: Answer) -> dict[str, str]:
    """The limits of a subscription, as Codex reads them."""
    now = int(time.time())
    return {
        "x-request-id": f"req_mock{answer.number:06}",
        "x-codex-plan-type": "pro",
        "x-codex-primary-used-percent": "12.5",
        "x-codex-primary-window-minutes": "300",
        "x-codex-primary-reset-at": str(now + 9000),
        "x-codex-secondary-used-percent": "33",
        "x-codex-secondary-window-minutes": "10080",
        "x-codex-secondary-reset-at": str(now + 300_000),
    }
