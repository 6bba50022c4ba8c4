"""A process that runs one jq program on lines, within limits of CPU time, memory and output.

jq can neither be interrupted nor limited inside a process. So it runs in a child without an
environment, open files or signals of the terminal, which is killed if a line exceeds a limit.
Requests and answers are frames: 8 bytes of length, then MessagePack.
"""

import fcntl
import os
import resource
import signal
import weakref
from math import isfinite
from typing import Any, NoReturn

import msgspec

from burnbook.base.clean_text import quoted
from burnbook.base.redact import redact

LINE_SECONDS = 0.8
"""The limit of CPU time for one line; for compiling the program it is COMPILE_SECONDS."""
COMPILE_SECONDS = 5.0
MEMORY = 96 << 20
"""Bytes that the child may allocate in addition to those of the parent."""
GROWTH, LEAST = 8, 4096
"""The objects of a line have at most LEAST + GROWTH * (bytes of the line) bytes as JSON."""
_NESTS = 64
"""One in so many of these bytes may open an object or a list, which take the most memory."""
OUT_OF_MEMORY = 3  # an exit code

_encode = msgspec.json.Encoder().encode

Answer = bytes | str
"""The objects as a JSON array, or the reason for an error."""


class Stopped(Exception):
    """The child was killed. The message has the reason, as a clause about the map."""


class Child:
    """The running program. Raises ValueError, with jq's message, if it is not valid."""

    def __init__(self, program: str) -> None:
        (request_read, self._requests), (self._answers, answer_write) = os.pipe(), os.pipe()
        pid = os.fork()
        if not pid:
            _serve(program, request_read, answer_write)
        os.close(request_read)
        os.close(answer_write)
        self._owner = os.getpid()
        pipes = (self._requests, self._answers)
        self._end = weakref.finalize(self, _end, self._owner, pid, pipes)
        try:
            fault = msgspec.msgpack.decode(self._read(), type=str)
        except Stopped as reason:
            fault = f"jq {reason}"
        if fault:
            self._end()
            raise ValueError(fault)

    @property
    def is_running(self) -> bool:
        """Whether this process can use it: a forked process needs a child of its own."""
        return self._end.alive and self._owner == os.getpid()

    def ask(self, lines: list[bytes]) -> list[Answer]:
        """Returns an answer for each line. Raises Stopped if a line took too much."""
        try:
            _write(self._requests, msgspec.msgpack.encode(lines))
            answers: list[Answer] = msgspec.msgpack.decode(self._read())
            return answers
        except BrokenPipeError:
            raise Stopped(_reason(self._end())) from None
        except BaseException:  # also Ctrl-C: half an answer may be in the pipe
            self._end()
            raise

    def _read(self) -> bytes:
        data = _frame(self._answers)
        if data is None:
            raise Stopped(_reason(self._end()))
        return data


def _end(owner: int, pid: int, pipes: tuple[int, int]) -> int | None:
    """Ends a child. Returns its exit code, or None if it belongs to another process."""
    if owner != os.getpid():
        return None
    for handle in pipes:
        os.close(handle)
    try:
        os.kill(pid, signal.SIGKILL)  # no effect if it has ended
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except (ProcessLookupError, ChildProcessError):
        return None  # SIGCHLD is ignored, so the exit code is unknown


def _reason(code: int | None) -> str:
    """Returns why a child ended by itself."""
    if code == -signal.SIGPROF:
        return f"takes over {LINE_SECONDS:g} s of CPU time"
    if code in (OUT_OF_MEMORY, -signal.SIGABRT):
        return f"needs over {MEMORY >> 20} MiB of memory"
    return f"crashes (exit code {code})"


def _serve(program: str, request_read: int, answer_write: int) -> NoReturn:
    code = OUT_OF_MEMORY
    try:
        null = os.open(os.devnull, os.O_RDWR)
        # If the parent has closed its stdin or stdout, a pipe may have that number.
        handles = [fcntl.fcntl(old, fcntl.F_DUPFD, 3) for old in (request_read, answer_write, null)]
        for number, handle in enumerate(handles):
            os.dup2(handle, number)
        _confine()
        compiled, fault = _compiled(program)
        _write(1, msgspec.msgpack.encode(fault))
        while compiled is not None and (data := _frame(0)) is not None:
            lines = msgspec.msgpack.decode(data, type=list[bytes])
            result = [_answer(compiled, line) for line in lines]
            signal.setitimer(signal.ITIMER_PROF, 0)
            _write(1, msgspec.msgpack.encode(result))
        code = 0
    except BrokenPipeError:
        code = 0  # the parent ended
    finally:
        os._exit(code)


def _confine() -> None:
    """Ignores the terminal's signals, closes all other files and limits memory."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGPROF):
        signal.signal(number, signal.SIG_DFL)
    os.closerange(3, 1 << 16)
    signal.setitimer(signal.ITIMER_PROF, COMPILE_SECONDS)
    import jq  # type: ignore[import-not-found]  # noqa: F401  # it has no types

    os.environ.clear()
    for kind, most in ((resource.RLIMIT_AS, _size() + MEMORY), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))


def _size() -> int:
    """Returns the bytes of address space in use; 1 GiB, which is more, without /proc."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 1 << 30


def _compiled(program: str) -> tuple[Any, str]:
    """Returns the compiled program, or None and the error."""
    import jq

    # jq loads ~/.jq into every program. From here on, no file can be opened.
    os.environ["HOME"] = os.devnull
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
    try:
        return jq.compile(program), ""
    except ValueError as error:
        return None, str(error) or "jq gives no reason"
    finally:
        del os.environ["HOME"]


def _answer(compiled: Any, line: bytes) -> Answer:
    byte_limit = GROWTH * len(line) + LEAST
    nesting_limit = byte_limit // _NESTS
    parts: list[bytes] = []
    signal.setitimer(signal.ITIMER_PROF, LINE_SECONDS)
    try:
        for value in compiled.input_text(line.decode().lstrip("\ufeff")):
            # jq returns these for 1/0 and `nan`; JSON cannot represent them.
            if type(value) is dict:
                for key, item in value.items():
                    if type(item) is float and not isfinite(item):
                        return f"gives no finite number for {quoted(key, 64)}"
            part = _encode(value)
            parts.append(part)
            byte_limit -= len(part) + 1
            nesting_limit -= part.count(b"{") + part.count(b"[")
            if byte_limit < 0 or nesting_limit < 0:
                limit = f"{LEAST} bytes and {GROWTH} for each byte of the line"
                return f"gives too much: over {limit}"
    except ValueError as error:
        return f"fails: {redact(' '.join(str(error).split()))[:200]}"
    except RecursionError:
        return "gives a value that is nested too deep"
    return b"[" + b",".join(parts) + b"]"


def _write(handle: int, data: bytes) -> None:
    view = memoryview(len(data).to_bytes(8, "little") + data)
    while view:
        view = view[os.write(handle, view) :]


def _frame(handle: int) -> bytes | None:
    """Returns the next frame; None at the end of the stream."""
    length = _exactly(handle, 8)
    return None if length is None else _exactly(handle, int.from_bytes(length, "little"))


def _exactly(handle: int, count: int) -> bytes | None:
    data = bytearray()
    while len(data) < count:
        block = os.read(handle, min(count - len(data), 1 << 20))
        if not block:
            return None
        data += block
    return bytes(data)
