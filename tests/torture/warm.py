"""Scripts of bin/ run by a Python that has imported them already: a tenth of the cost.

See torture.zygote for the differences. Every process has its own.
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
    """A waiting Python; `run` corresponds to subprocess.run through the front door."""

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
        """Run a command of bin/ to its end, under strace if it has options for it.

        `record` has the arguments of `recording.start`, if the command is recorded.
        """
        entry, answers = self._python.stdin, self._python.stdout
        assert entry is not None and answers is not None
        request = {
            "words": list(command),
            "environment": dict(environment),
            "stdin": stdin,
            "strace": list(strace),
            "record": list(record),
            "hang": HANG,
        }
        with self._turn:
            entry.write(json.dumps(request).encode() + b"\n")
            entry.flush()
            answer = json.loads(answers.readline())
        if answer["code"] is None:
            raise subprocess.TimeoutExpired(list(command), HANG)
        return subprocess.CompletedProcess(
            list(command), answer["code"], answer["stdout"], answer["stderr"]
        )


@cache
def _of(_pid: int) -> Warm:
    return Warm()


def warm() -> Warm:
    """The one of this process: a forked worker has another than its parent."""
    return _of(os.getpid())
