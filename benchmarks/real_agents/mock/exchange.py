"""What every API has in common: a question, the answer to it, and the tokens of both."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

JSON = Any


@dataclass(frozen=True)
class Tool:
    """A tool that a question offers, and the JSON schema of its arguments."""

    name: str
    schema: Mapping[str, JSON]
    namespace: str = ""  # the group that an OpenAI Responses tool is in


@dataclass(frozen=True)
class Question:
    """A request of an agent, whatever its API."""

    model: str
    prompt: str  # the last text of the user
    tools: Mapping[str, Tool]
    results: tuple[str, ...] = ()  # the output of each tool that was called since the prompt
    stream: bool = True
    schema: Mapping[str, JSON] | None = None  # the JSON that the answer must have


@dataclass(frozen=True)
class Counts:
    """The tokens of one request. The kinds do not overlap, except that output has the reasoning."""

    input: int
    cache_read: int
    cache_write: int
    output: int
    reasoning: int = 0


@dataclass(frozen=True)
class Answer:
    """What the server answers: a text, or a call of a tool."""

    number: int
    model: str
    text: str
    counts: Counts
    tool: Tool | None = None
    arguments: Mapping[str, JSON] | None = None
    advised: Counts | None = None  # what a second model used inside of this answer


@dataclass(frozen=True)
class Event:
    """An event of a stream."""

    data: JSON
    name: str = ""


@dataclass(frozen=True)
class Request:
    """A line of the truth: one answer that an agent received whole."""

    agent: str
    scenario: str
    api: str
    model: str
    prompt: str  # its last 200 characters
    tools: int  # how many were offered: an agent's own requests, such as for a title, have none
    counts: Counts

    def row(self) -> dict[str, JSON]:
        """As JSON."""
        return asdict(self)

    @staticmethod
    def of(row: dict[str, JSON]) -> "Request":
        """From JSON."""
        return Request(**{**row, "counts": Counts(**row["counts"])})


def text_of(content: JSON) -> str:
    """The text of a message's content: a string, or a list of parts."""
    if isinstance(content, str):
        return content
    parts: Iterable[JSON] = content if isinstance(content, list) else ()
    return "\n".join(part["text"] for part in parts if isinstance(part, dict) and "text" in part)
