"""The web application: the page, its data as JSON, and an event for each change of the book.

It answers only under a secret path, so that no other user can guess the address. On this machine's
own addresses it also answers only requests whose Host is its own, so that no web page of another
host can read the book (DNS rebinding).
"""

import asyncio
import hmac
from collections.abc import AsyncIterator, Callable
from importlib import import_module
from typing import Any

from burnbook.book.changes import fingerprint
from burnbook.report import page

_POLL = 0.5  # seconds between two looks at the journals
_ALIVE = 15.0  # seconds between two comments that keep a connection open
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
}

Content = Callable[[], dict[str, Any]]


class Service:
    """The application for one book. `content` reads what the page shows.

    `hosts` are the values of Host that are answered; None is any.
    """

    def __init__(self, root: str, content: Content, token: str, hosts: set[str] | None) -> None:
        self._root = root
        self._content = content
        self._token = token
        self._hosts = hosts
        self.is_stopping = False

    def application(self) -> Any:
        """The ASGI application. The packages of the extra `serve` must be importable."""
        applications = import_module("starlette.applications")
        routing = import_module("starlette.routing")
        routes = [
            routing.Route("/{token}/", self._page),
            routing.Route("/{token}/data.json", self._data),
            routing.Route("/{token}/events", self._events),
        ]
        return applications.Starlette(routes=routes)

    async def _page(self, request: Any) -> Any:
        if (refused := self._refused(request)) is not None:
            return refused
        html = page.html(self._content(), is_live=True)
        return _response(html.encode(), "text/html; charset=utf-8")

    async def _data(self, request: Any) -> Any:
        if (refused := self._refused(request)) is not None:
            return refused
        return _response(page.json(self._content()).encode(), "application/json")

    async def _events(self, request: Any) -> Any:
        if (refused := self._refused(request)) is not None:
            return refused
        responses = import_module("starlette.responses")
        stream = self._changes(request)
        return responses.StreamingResponse(
            stream, media_type="text/event-stream", headers=dict(_HEADERS)
        )

    async def _changes(self, request: Any) -> AsyncIterator[bytes]:
        """An event whenever a journal changed, until the browser or the server leaves."""
        last, quiet = fingerprint(self._root), 0.0
        yield b": ready\n\n"
        while not self.is_stopping and not await request.is_disconnected():
            await asyncio.sleep(_POLL)
            now, quiet = fingerprint(self._root), quiet + _POLL
            if now != last:
                yield b"data: changed\n\n"
                last, quiet = now, 0.0
            elif quiet >= _ALIVE:
                yield b": alive\n\n"
                quiet = 0.0

    def _refused(self, request: Any) -> Any | None:
        """A response that refuses the request, or None."""
        host, origin = request.headers.get("host", ""), request.headers.get("origin")
        if self._hosts is not None and host not in self._hosts:
            return _response(b"this address is not served here\n", "text/plain", 421)
        if origin is not None and origin != f"http://{host}":
            return _response(b"other web pages may not read the book\n", "text/plain", 403)
        if not hmac.compare_digest(request.path_params["token"].encode(), self._token.encode()):
            return _response(b"not found; open the address that serve printed\n", "text/plain", 404)
        return None


def _response(body: bytes, media_type: str, status: int = 200) -> Any:
    responses = import_module("starlette.responses")
    return responses.Response(body, status, media_type=media_type, headers=dict(_HEADERS))
