"""A Python that waits with everything imported, and runs scripts of bin/ in its children.

Started by torture.warm as `.venv/bin/python -ESs -X utf8 zygote.py`, as bin/_python starts scripts.
A request is a line of JSON on stdin, and so is its answer on stdout. A child runs the script's own
file as `__main__`, with the path that Python would give it: from `import _lib` to `cli.main` it is
the code that runs behind the front door. Only the start of the interpreter is missing, and the
imports, which are done once here: those of a first, undisturbed run of the same command.

If it is traced, the child stops itself before its first own call, strace attaches, and it
continues.
"""

import importlib
import importlib.util
import json
import os
import runpy
import selectors
import signal
import subprocess
import sys
import time
from contextlib import suppress

import recording

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
BIN, LIB = os.path.join(ROOT, "bin"), os.path.join(ROOT, "lib")
VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
NAMES = 200  # a descriptor that the children keep
PACKAGES = os.path.join(ROOT, ".venv", "lib", VERSION, "site-packages")


def main() -> None:
    here = os.path.dirname(os.path.realpath(__file__))
    sys.path[:] = [*(path for path in sys.path if os.path.realpath(path) != here), LIB, PACKAGES]
    time.sleep = _sleep
    answers = os.dup(1)
    os.dup2(2, 1)  # there is no other output
    for line in sys.stdin.buffer:
        request = json.loads(line)
        if request["strace"]:
            answer = run(request)
        else:
            # In memory, because other tests may empty the folder for temporary files.
            memory = os.memfd_create("names")
            os.dup2(memory, NAMES)
            os.close(memory)
            answer = run({**request, "names": True})
            with os.fdopen(NAMES) as names:
                names.seek(0)
                _import(names.read().split())
        os.write(answers, json.dumps(answer).encode() + b"\n")


_really_sleep = time.sleep


def _sleep(seconds: float) -> None:
    """Pause no longer than for the end of a program: other writers are waited for, and none is."""
    _really_sleep(seconds if seconds < 0.1 else 0.001)


def _import(names: list) -> None:
    """Import all modules that an undisturbed run has imported, but for those of an extra."""
    from burnbook import extras  # its folder is on the path only now

    for name in names:
        if name == "_lib" or name.startswith(("__", *extras.MODULES)) or name in sys.modules:
            continue
        if name.startswith("burnbook.") and name.startswith(_of_extras()):
            continue
        if importlib.util.find_spec(name.partition(".")[0]) is not None:
            importlib.import_module(name)


def _of_extras() -> tuple:
    """Beginnings of the names of modules that need an extra."""
    return importlib.import_module("burnbook.extras").MODULES


def run(request: dict) -> dict:
    """A run in a child: {code, stdout, stderr}; code is None if it did not end in time."""
    entry, out, err = os.pipe(), os.pipe(), os.pipe()
    child = os.fork()
    if not child:
        try:
            _be(request, entry, out, err)
        finally:
            os._exit(70)
    os.close(entry[0])
    os.close(out[1])
    os.close(err[1])
    strace = _attach(child, request["strace"]) if request["strace"] else None
    with suppress(BrokenPipeError):  # it died before
        os.write(entry[1], request["stdin"].encode())  # less than the capacity of a pipe
    os.close(entry[1])
    streams = _read(out[0], err[0], request["hang"])
    if streams is None:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if strace is not None:
        strace.communicate()
    code = os.waitstatus_to_exitcode(status)
    stdout, stderr = streams or ("", "")
    return {"code": None if streams is None else code, "stdout": stdout, "stderr": stderr}


def _be(request: dict, entry: tuple, out: tuple, err: tuple) -> None:
    """The child: set up the script's process, stop if strace attaches, and run it."""
    for number, fd in enumerate((entry[0], out[1], err[1])):
        os.dup2(fd, number)
    os.closerange(3, 64)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(ROOT)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False, buffering=1)  # noqa: SIM115
    script, *words = request["words"]
    sys.argv[:] = [script, *words]
    # As Python starts a script: its folder first. _lib changes that to what it must be.
    sys.path[:] = [BIN, *(fd for fd in sys.path if fd not in (LIB, PACKAGES))]
    if request.get("names"):
        _keep_names()
    if request.get("record"):
        recording.start(*request["record"])
    if request["strace"]:
        os.kill(os.getpid(), signal.SIGSTOP)
    runpy.run_path(script, run_name="__main__")


def _keep_names() -> None:
    """At the end, write the names of the imported modules. Children write nothing."""
    leave, pid = os._exit, os.getpid()

    def end(code: int) -> None:
        try:
            if os.getpid() == pid:
                loaded = [m for m, module in sys.modules.items() if getattr(module, "__spec__", 0)]
                os.write(NAMES, "\n".join(loaded).encode())
        finally:
            leave(code)  # an exception here would let the child go on as its parent

    os._exit = end  # type: ignore[assignment]


def _attach(child: int, words: list) -> subprocess.Popen:
    """Let strace look on from here, then let the child go on."""
    os.waitpid(child, os.WUNTRACED)
    strace = subprocess.Popen(
        [*words, "-p", str(child)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        close_fds=True,
    )
    line = strace.stderr.readline()
    if b"attached" not in line:
        os.kill(child, signal.SIGKILL)
        raise OSError(f"strace cannot attach: {line!r}")
    os.kill(child, signal.SIGCONT)
    return strace


def _read(out: int, err: int, hang: float) -> tuple[str, str] | None:
    """Both streams to their ends; None where the end does not come in time."""
    chunks: dict[int, list[bytes]] = {out: [], err: []}
    until = time.monotonic() + hang
    with selectors.DefaultSelector() as both:
        for fd in chunks:
            both.register(fd, selectors.EVENT_READ)
        while both.get_map():
            ready = both.select(max(0, until - time.monotonic()))
            if not ready:
                break
            for key, _ in ready:
                data = os.read(key.fd, 65536)
                chunks[key.fd].append(data)
                if not data:
                    both.unregister(key.fd)
        ended = not both.get_map()
    os.close(out)
    os.close(err)
    texts = [b"".join(parts).decode("utf-8", "replace") for parts in chunks.values()]
    return (texts[0], texts[1]) if ended else None


if __name__ == "__main__":
    main()
