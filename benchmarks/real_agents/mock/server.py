"""The server: answers each request with tokens of its own, and records what it gave."""

import gzip
import json
import threading
from collections import Counter
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from real_agents.mock import anthropic, chat, gemini, responses, steering
from real_agents.mock.exchange import Answer, Counts, Event, Question, Request

APIS: tuple[Any, ...] = (anthropic, chat, gemini, responses)


class Server(ThreadingHTTPServer):
    """A mock for one agent. `scenario` names what it does now."""

    daemon_threads = True

    def __init__(self, agent: str, arguments: Mapping[str, Any]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.agent, self.arguments = agent, arguments
        self.scenario = ""
        self.requests: list[Request] = []
        self.unknown: Counter[str] = Counter()  # requests of no API, by method and path
        self.hanging = threading.Event()  # set when a stream has begun and will not end
        self.released = threading.Event()  # ends such streams
        self._number = 0
        self._filled: set[str] = set()  # scenarios in which a context was filled
        self._failures: Counter[tuple[str, int]] = Counter()
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def begin(self, scenario: str) -> None:
        """What follows is of this scenario."""
        self.scenario = scenario
        self.hanging.clear()

    def failure(self, question: Question) -> int | None:
        """The status of an error to answer with; only requests with tools fail."""
        for word, status in steering.ERRORS.items():
            if word in question.prompt and question.tools:
                with self._lock:
                    self._failures[self.scenario, status] += 1
                    if self._failures[self.scenario, status] <= steering.FAILURES:
                        return status
        return None

    def answer(self, api: Any, question: Question) -> Answer:
        """The answer to a question."""
        with self._lock:
            self._number += 1
            number = self._number
            large = steering.sums_up(question) or self._fills(question)
        call = steering.call(question, self.arguments)
        advised = steering.ADVISOR in question.prompt and api is anthropic
        return Answer(
            number=number,
            model=question.model,
            text=steering.text(number, question),
            counts=steering.counts(number, api.LARGE if large else 1000, writes=api.WRITES),
            tool=call[0] if call else None,
            arguments=call[1] if call else None,
            advised=Counts(800 + number, 0, 0, 1600 + number) if advised else None,
        )

    def _fills(self, question: Question) -> bool:
        """Whether this request fills the context: once, because a prompt may outlive a summary."""
        asked = steering.LARGE in question.prompt and bool(question.tools)  # and not for a title
        fills = asked and self.scenario not in self._filled
        if fills:
            self._filled.add(self.scenario)
        return fills

    def record(self, api: Any, scenario: str, question: Question, answer: Answer) -> None:
        """Keep what an answer used: its last byte is next, so the agent cannot have ended yet."""
        name = api.__name__.rpartition(".")[2]
        common = (self.agent, scenario, name)
        asked = (question.prompt[-200:], len(question.tools))
        self.requests.append(Request(*common, answer.model, *asked, answer.counts))
        if answer.advised:
            self.requests.append(Request(*common, "claude-opus-4-6", *asked, answer.advised))


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the truth is the log."""

    def do_GET(self) -> None:
        """A list of models, or nothing."""
        path = self.path.partition("?")[0]
        if path.endswith("/models"):
            models = [{"id": "mock-a", "object": "model"}]
            return self._json(200, {"object": "list", "data": models})
        return self._unknown()

    def do_HEAD(self) -> None:
        """Agents ask whether the server is there."""
        self._json(200, {})

    def do_POST(self) -> None:
        """A question, or a count of tokens."""
        path = self.path.partition("?")[0]
        body = self._body()
        if path.endswith("/count_tokens"):
            return self._json(200, {"input_tokens": 777})
        if path.endswith(":countTokens"):
            return self._json(200, {"totalTokens": 777})
        for api in APIS:
            if api.matches(path) and body is not None:
                return self._respond(api, api.read(path, body))
        return self._unknown()

    def _respond(self, api: Any, question: Question) -> None:
        scenario = self.server.scenario
        status = self.server.failure(question)
        if status:
            code, error = api.error(status)
            return self._json(code, error, {"retry-after": "1"})
        answer = self.server.answer(api, question)
        if not question.stream:
            self.server.record(api, scenario, question, answer)
            return self._json(200, api.whole(answer), api.headers(answer))
        try:
            self._stream(api, scenario, question, answer)
        except ConnectionError:  # the agent was killed, or does not want the answer any more
            self.close_connection = True

    def _stream(self, api: Any, scenario: str, question: Question, answer: Answer) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        for name, value in api.headers(answer).items():
            self.send_header(name, value)
        self.end_headers()
        events: list[Event] = list(api.events(answer))
        hang = steering.HANG in question.prompt and bool(question.tools)
        for position, event in enumerate(events):
            if hang and position == 1:
                self.server.hanging.set()
                self.server.released.wait(60)
                return
            if position == len(events) - 1:
                self.server.record(api, scenario, question, answer)
            data = event.data if isinstance(event.data, str) else json.dumps(event.data)
            name = f"event: {event.name}\n" if event.name else ""
            self.wfile.write(f"{name}data: {data}\n\n".encode())
            self.wfile.flush()

    def _body(self) -> Any:
        """The JSON of a request; None if it is not JSON in an encoding that is known here."""
        if "chunked" in self.headers.get("transfer-encoding", ""):
            raw = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                raw += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        encoding = self.headers.get("content-encoding", "identity")
        try:
            return json.loads(gzip.decompress(raw) if encoding == "gzip" else raw)
        except ValueError:
            return None

    def _unknown(self) -> None:
        self.server.unknown[f"{self.command} {self.path.partition('?')[0]}"] += 1
        self._json(404, {"error": {"message": "not here", "type": "not_found_error"}})

    def _json(self, status: int, data: Any, headers: Mapping[str, str] | None = None) -> None:
        raw = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(raw)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(raw)
