"""Gemini generateContent."""

from collections.abc import Iterator

from real_agents.mock.exchange import JSON, Answer, Event, Question, Tool, text_of

LARGE = 800_000
WRITES = False
TOOL_USE = 40  # tokens of tools, which are no part of the prompt's


def matches(path: str) -> bool:
    """Whether a request is of this API."""
    return path.endswith(("enerateContent",))


def read(path: str, body: JSON) -> Question:
    """The question of a request; the path has its model."""
    contents = body["contents"]
    results: list[str] = []
    prompt = ""
    for content in reversed(contents if isinstance(contents, list) else [contents]):
        parts = content.get("parts", [])
        answered = [str(part["functionResponse"]) for part in parts if "functionResponse" in part]
        results[:0] = answered
        if content.get("role", "user") == "user" and not answered:
            prompt = text_of(parts)
            break
    tools = {
        function["name"]: Tool(
            function["name"],
            function.get("parametersJsonSchema") or function.get("parameters") or {},
        )
        for group in body.get("tools") or []
        for function in group.get("functionDeclarations", [])
    }
    settings = body.get("generationConfig") or {}
    return Question(
        model=path.rsplit("/", 1)[1].split(":")[0],
        prompt=prompt,
        tools=tools,
        results=tuple(results),
        stream=":stream" in path,
        schema=settings.get("responseJsonSchema") or settings.get("responseSchema"),
    )


def usage(answer: Answer) -> JSON:
    """The tokens of an answer: cached ones inside of the prompt's, thoughts beside the output's."""
    counts = answer.counts
    prompt = counts.input - TOOL_USE + counts.cache_read
    return {
        "promptTokenCount": prompt,
        "cachedContentTokenCount": counts.cache_read,
        "toolUsePromptTokenCount": TOOL_USE,
        "candidatesTokenCount": counts.output - counts.reasoning,
        "thoughtsTokenCount": counts.reasoning,
        "totalTokenCount": prompt + TOOL_USE + counts.output,
    }


def _chunk(answer: Answer, part: JSON, **fields: JSON) -> JSON:
    candidate: dict[str, JSON] = {"content": {"role": "model", "parts": [part]}, "index": 0}
    if fields:
        candidate["finishReason"] = "STOP"
    identifier = f"mock{answer.number:06}"
    about = {"modelVersion": answer.model, "responseId": identifier}
    return {"candidates": [candidate], **about, **fields}


def whole(answer: Answer) -> JSON:
    """The answer to a request without a stream."""
    part: JSON = {"text": answer.text}
    if answer.tool:
        part = {"functionCall": {"name": answer.tool.name, "args": answer.arguments}}
    return _chunk(answer, part, usageMetadata=usage(answer))


def events(answer: Answer) -> Iterator[Event]:
    """The answer as a stream, its tokens in the last chunk."""
    if not answer.tool:
        yield Event(_chunk(answer, {"text": "Well: "}))
    yield Event(whole(answer))


def error(status: int) -> tuple[int, JSON]:
    """The answer of an API that is overloaded (which has status 503 here), or limits requests."""
    code, name = (429, "RESOURCE_EXHAUSTED") if status == 429 else (503, "UNAVAILABLE")
    return code, {"error": {"code": code, "message": f"mock {status}", "status": name}}


def headers(answer: Answer) -> dict[str, str]:
    """None: this API sends no limits."""
    return {}
