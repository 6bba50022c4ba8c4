"""Serves the report as a live page on this machine."""

import secrets
import sys
import webbrowser
from typing import Any

from burnbook import extras
from burnbook.base.errors import UsageError
from burnbook.context import Context, Result, note_damage, reopened
from burnbook.report import page
from burnbook.report.period import period
from burnbook.report.scene import Scene
from burnbook.view.parts import Line

_OWN = ("127.0.0.1", "::1", "localhost")


def run(ctx: Context, args: Any) -> Result:
    """Serves until it is interrupted. Writes no row."""
    is_own = args.host in _OWN
    if not is_own and args.token is None:
        raise UsageError(f"--host {args.host} is open to others; give them a secret with --token")
    if args.token is not None and len(args.token) < 16:
        raise UsageError("--token is shorter than 16 characters, which can be guessed")
    if not 0 <= args.port <= 65535:
        raise UsageError(f"--port is {args.port}; valid: 0 to 65535")
    extras.use("report", "serve")
    extras.use("serve", "serve")
    from burnbook.serve.app import Service
    from burnbook.serve.server import listen, run

    def content() -> dict[str, Any]:
        own = reopened(ctx)
        try:
            return page.data(Scene(own, period(own, args)))
        finally:
            own.store.close()

    content()  # a mistake is reported now, and not in the browser
    note_damage(ctx)
    token = args.token or secrets.token_urlsafe(16)
    listener = listen(args.host, args.port)
    port = listener.getsockname()[1]
    shown = f"[{args.host}]" if ":" in args.host else args.host
    hosts = {f"{name}:{port}" for name in (shown, "127.0.0.1", "localhost")}
    address = f"http://{shown}:{port}/{token}/"

    def ready() -> None:
        sys.stdout.write(f"{address}\n")
        sys.stdout.flush()
        if args.open:
            webbrowser.open(address)

    run(Service(ctx.book.root, content, token, hosts if is_own else None), listener, ready)
    return Result([Line("stopped")], {"address": address})
