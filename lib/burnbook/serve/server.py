"""Runs the application on an address until it is stopped."""

import signal
import socket
from collections.abc import Callable
from importlib import import_module
from typing import Any

from burnbook.base.errors import IOFault, os_sentence
from burnbook.serve.app import Service


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on an address; port 0 is any free one. Raises IOFault."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise IOFault(os_sentence(f"cannot listen on {host} port {port}", error)) from None
    return listener


def run(service: Service, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM. `ready` is called once requests are answered."""
    uvicorn = import_module("uvicorn")
    config = uvicorn.Config(
        service.application(),
        log_config=None,
        log_level="critical",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)

    def stop(_number: int, _frame: Any) -> None:
        service.is_stopping = True
        server.should_exit = True

    server.install_signal_handlers = lambda: None
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    ready()
    server.run(sockets=[listener])
