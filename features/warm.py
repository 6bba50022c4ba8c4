"""Scripts of bin/ without the start of an interpreter for each, which is most of what they take.

A Python is started once as `bin/_python` starts them, imports burnbook, and waits. For each command
it forks: the child runs the script's own file as `__main__`, in the folder, with the environment,
the descriptors and the umask that are asked for. The first run of each script goes through its
front door. pytest uses it too (tests/conftest.py).
"""

import array
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import NoReturn

PROJECT = Path(__file__).resolve().parent.parent
PYTHON = PROJECT / ".venv" / "bin" / "python"
MOST = 60_000  # bytes: the capacity of a pipe, and one message

_known: set[str] = set()
_channel: socket.socket | None = None


def run(
    words: Sequence[str], folder: Path, environment: Mapping[str, str], stdin: bytes, timeout: int
) -> "subprocess.CompletedProcess[bytes]":
    """Run a program of the project to its end."""
    global _channel
    os.umask(mask := os.umask(0o077))
    argv = json.dumps([str(PROJECT / words[0]), *words[1:]])
    request = argv, str(folder), mask, dict(environment)
    message = json.dumps(request).encode()
    is_new = words[0] not in _known
    _known.add(words[0])
    if is_new or not words[0].startswith("bin/") or max(len(stdin), len(message)) > MOST:
        return subprocess.run(
            [str(PROJECT / words[0]), *words[1:]],
            cwd=folder,
            env=environment,
            input=stdin,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    _channel = _channel or _start()
    _channel.settimeout(timeout)
    entry, end = os.pipe()
    with os.fdopen(entry), TemporaryFile() as out, TemporaryFile() as err:
        with os.fdopen(end, "wb") as pipe:
            pipe.write(stdin)
        handles = array.array("i", [entry, out.fileno(), err.fileno()])
        _channel.sendmsg([message], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, handles)])
        try:
            code = json.loads(_channel.recv(100))
        except TimeoutError:
            _channel = None  # its answer would be taken for that of the next command
            raise
        streams = [
            os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0) for file in (out, err)
        ]
    return subprocess.CompletedProcess(list(words), code, *streams)


def _start() -> socket.socket:
    own, others = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with others:
        command = [str(PYTHON), "-ESs", "-X", "utf8", __file__, str(others.fileno())]
        subprocess.Popen(command, pass_fds=[others.fileno()], env={}, stdin=subprocess.DEVNULL)
    return own


def _serve(channel: socket.socket) -> None:
    """Answer each command with its exit code, until the socket is closed."""
    while True:
        message, handles, _, _ = socket.recv_fds(channel, 2 * MOST, 3)
        if not message:
            return
        child = os.fork()
        if not child:
            channel.close()
            _be(*json.loads(message), handles)
        for handle in handles:
            os.close(handle)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        channel.send(json.dumps(code).encode())


def _be(
    line: str, folder: str, mask: int, environment: dict[str, str], handles: Sequence[int]
) -> NoReturn:
    """Be the script."""
    import runpy

    for number, handle in enumerate(handles):
        os.dup2(handle, number)
        os.close(handle)
    code = 70
    try:
        os.chdir(folder)
        os.umask(mask)
        os.environ.clear()
        os.environ.update(environment)
        time.tzset()
        sys.argv = json.loads(line)
        sys.stdin = os.fdopen(0, encoding="utf-8", errors="surrogateescape", closefd=False)
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False)
        sys.stderr = os.fdopen(
            2, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False
        )
        sys.path.insert(0, os.path.dirname(sys.argv[0]))
        runpy.run_path(sys.argv[0], run_name="__main__")
        code = 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 1
    finally:
        sys.stdout.flush()
        os._exit(code)


def _import() -> None:
    """Import all of burnbook from where the scripts find it."""
    import importlib
    import pkgutil

    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    sys.path[:1] = []
    sys.path += [str(PROJECT / "lib"), str(PROJECT / ".venv" / "lib" / version / "site-packages")]
    import burnbook
    from burnbook import extras

    for module in pkgutil.walk_packages(burnbook.__path__, "burnbook."):
        if not module.name.startswith(extras.MODULES):
            importlib.import_module(module.name)


if __name__ == "__main__":
    _import()
    _serve(socket.socket(fileno=int(sys.argv[1])))
