"""Command lines: any words, for every script of bin/."""

import contextlib
import io
import os
import shutil
from pathlib import Path

from hostile import acts
from inside import VERBS, Inside, is_sentence, parser

# These start programs, wait, or write outside of the book: their words alone are read.
APART = {"demo", "timer", "schedule", "capture", "prices", "churn", "checkpoint"}
ELSEWHERE = ("--data-dir", "--config-dir")


def _flags(name: str) -> list[str]:
    return [flag for action in parser(name)._actions for flag in action.option_strings]


SEEDS = [bytes([n]) + b"\0".join(map(str.encode, _flags(name)[:4])) for n, name in enumerate(VERBS)]
SEEDS += [bytes([n]) + b"--window\0W0-CHN\0--at\x002026-11-22T10:00:00Z" for n in range(len(VERBS))]
SEEDS += [
    bytes([VERBS.index("snapshot")])
    + b"start\0codex\0--set\x005h=11\0--notes\0x\0--window\0W0-CHN",
    bytes([VERBS.index("finalize")])
    + b"--window\0W0-CHN\0--features\0codex=3,glm=1\0--quality\x005",
    bytes([VERBS.index("usage")]) + b"daily\0--since\x002026-11-01\0--by\0model\0--timezone\0UTC",
]
WORDS = sorted(
    {flag.encode() for name in VERBS for flag in _flags(name)} - {b"--data-dir", b"--config-dir"}
)
WORDS += [
    b"\0",
    b"=",
    b"-1",
    b"nan",
    b"1e999",
    b"W0-CHN",
    b"codex",
    b"2026-13-01",
    b"..",
    b"\xff",
    b"%s",
]
inside = Inside(Path(os.environ["BURNBOOK_FUZZ"]))


def run_one(data: bytes) -> None:
    """The command succeeds, or reports its error in one sentence."""
    name = VERBS[data[0] % len(VERBS)] if data else VERBS[0]
    words = [os.fsdecode(word) for word in data[1:].split(b"\0")] if len(data) > 1 else []
    if name in APART or any(word.startswith(ELSEWHERE) for word in words):
        _parsed(name, words)
        return
    shutil.rmtree(inside.book, ignore_errors=True)
    done = inside.run(name, *words)
    assert not acts(done.out) | acts(done.err), done
    assert done.code in (0, 1) or is_sentence(name, done) or "note" in done.err or done.err, done
    assert done.code in (0, 1, 2, 65, 66, 74, 78), done


def _parsed(name: str, words: list[str]) -> None:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            parser(name).parse_args(words)
        except SystemExit as stop:
            assert stop.code in (0, 2), stop.code
            assert stop.code == 0 or err.getvalue().count("\n") == 1, err.getvalue()
    assert not acts(out.getvalue()) | acts(err.getvalue())
