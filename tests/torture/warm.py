"""Scripts of bin/ run by a Python that has imported them already: a tenth of the price.

See torture.zygote for what that leaves out. Every process has one of its own.
"""

import json
import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from frontdoor import ROOT

HANG = 60  # seconds: far over the bounded wait for a lock, also on a busy machine
Done = subprocess.CompletedProcess[str]


class Warm:
    """A waiting Python; `run` is what subprocess.run is to the front door."""

    def __init__(self) -> None:
        python = ROOT / ".venv" / "bin" / "python"
        program = Path(__file__).with_name("zygote.py")
        self._turn = threading.Lock()
        self._python = subprocess.Popen(
            [str(python), "-ESs", "-X", "utf8", str(program)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PATH": "/usr/bin:/bin"},
        )

    def run(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        stdin: str = "",
        strace: Sequence[str] = (),
        record: Sequence[str] = (),
    ) -> Done:
        """Run a command of bin/ to its end, under strace where it is given what to do.

        `record` has the arguments of `recording.start`, where the command is to be recorded.
        """
        entry, answers = self._python.stdin, self._python.stdout
        assert entry is not None and answers is not None
        asked = {
            "words": list(command),
            "environment": dict(environment),
            "stdin": stdin,
            "strace": list(strace),
            "record": list(record),
            "hang": HANG,
        }
        with self._turn:
            entry.write(json.dumps(asked).encode() + b"\n")
            entry.flush()
            told = json.loads(answers.readline())
        if told["code"] is None:
            raise subprocess.TimeoutExpired(list(command), HANG)
        return subprocess.CompletedProcess(
            list(command), told["code"], told["stdout"], told["stderr"]
        )


@cache
def _of(_pid: int) -> Warm:
    return Warm()


def warm() -> Warm:
    """The one of this process: a forked worker has another than its parent."""
    return _of(os.getpid())
