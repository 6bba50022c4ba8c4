"""A function in a second process, with messages in both directions."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, NoReturn, TypeVar

import msgspec

from burnbook.base import errors

T = TypeVar("T")


class _Failure(msgspec.Struct):
    code: int
    message: str


class Channel:
    """Sends values to the other process, and receives its values."""

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO) -> None:
        self._incoming, self._outgoing = incoming, outgoing

    def send(self, value: Any) -> None:
        """Send a value that msgspec can encode."""
        self._write(b"=", value)

    def fail(self, code: int, message: str) -> None:
        """Send an error, which `receive` raises in the other process."""
        self._write(b"!", _Failure(code, message))

    def receive(self, kind: type[T]) -> T:
        """The next value. Raises the other process's error, and IOFault if it died."""
        mark, length = self._incoming.read(1), int.from_bytes(self._incoming.read(8), "little")
        data = self._incoming.read(length)
        try:
            if mark == b"=":
                return msgspec.msgpack.decode(data, type=kind)
            failure = msgspec.msgpack.decode(data, type=_Failure)
        except msgspec.DecodeError:
            message = "the second process died; run the command again to book the rest"
            raise errors.IOFault(message) from None
        error = errors.BurnbookError(failure.message)
        error.code = failure.code
        raise error

    def _write(self, mark: bytes, value: Any) -> None:
        data = msgspec.msgpack.encode(value)
        self._outgoing.write(mark + len(data).to_bytes(8, "little") + data)
        self._outgoing.flush()


@contextmanager
def worker(run: Callable[[Channel], None]) -> Iterator[Channel]:
    """Call `run` in a second process; the channel to it ends with the block.

    The process is a copy of this one: it must not use a connection to SQLite that is open.
    """
    (from_worker, to_parent), (from_parent, to_worker) = os.pipe(), os.pipe()
    child = os.fork()
    if not child:
        os.close(from_worker)
        os.close(to_worker)
        _run(run, from_parent, to_parent)
    os.close(from_parent)
    os.close(to_parent)
    try:
        with os.fdopen(from_worker, "rb") as incoming, os.fdopen(to_worker, "wb") as outgoing:
            yield Channel(incoming, outgoing)
    except BaseException:
        os.kill(child, signal.SIGTERM)
        raise
    finally:
        os.waitpid(child, 0)


def _run(run: Callable[[Channel], None], incoming: int, outgoing: int) -> NoReturn:
    try:
        with os.fdopen(incoming, "rb") as reader, os.fdopen(outgoing, "wb") as writer:
            channel = Channel(reader, writer)
            try:
                run(channel)
            except errors.BurnbookError as error:
                channel.fail(error.code, str(error))
            except OSError as error:
                channel.fail(errors.IO, errors.os_sentence("the system refused", error))
    finally:
        os._exit(0)
