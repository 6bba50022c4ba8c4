"""Drives one target of targets/, in a separate process, so that its memory can be measured.

Prints one line of JSON: cases, the slowest of them in seconds, and the peak memory in MB. An input
that fails is printed, and the exit code is 1.
"""

import argparse
import gc
import importlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any, NoReturn

FUZZ = Path(__file__).resolve().parent
TESTS = FUZZ.parent
SECONDS = 1.0
WAITING = 30.0  # wall time: others may have the processor
BIG = 1 << 20
MANY = 5000
OFTEN = 50
ONCE = 2000  # hypothesis remembers its examples, and that memory is not burnbook's

sys.path[:0] = [str(TESTS.parent / "lib"), str(TESTS), str(FUZZ)]


class Slow(BaseException):
    """A case took too long; not an Exception, so that nothing under test takes it for its own."""


def names() -> list[str]:
    """The targets that there are."""
    return sorted(p.stem for p in (FUZZ / "targets").glob("*.py") if p.stem != "__init__")


class Guard:
    """Runs the cases of a target under a limit of time, and counts."""

    def __init__(self, target: ModuleType) -> None:
        self.target, self.cases, self.slowest = target, 0, 0.0
        signal.signal(signal.SIGPROF, self._stop)
        signal.signal(signal.SIGALRM, self._stop)

    def _stop(self, number: int, frame: FrameType | None) -> NoReturn:
        raise Slow(f"over {SECONDS} s of processor time, or {WAITING} s of any")

    def run_one(self, data: bytes) -> None:
        """Runs one case. Raises if it fails, or if it is too slow twice."""
        self.cases += 1
        if self.cases % OFTEN == 0:
            gc.enable()  # ingest turns it off for the rest of its process, which is short
            gc.collect()
        try:
            self._timed(data)
        except Slow:
            self._timed(data)

    def _timed(self, data: bytes) -> None:
        began = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        signal.setitimer(signal.ITIMER_REAL, WAITING)
        try:
            self.target.run_one(data)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)
        self.slowest = max(self.slowest, time.process_time() - began)

    def report(self) -> str:
        """The figures."""
        return json.dumps(
            {"cases": self.cases, "slowest": round(self.slowest, 3), "mb": round(memory(), 1)}
        )


def memory() -> float:
    """The most memory that this process ever had, in MB. (ru_maxrss would be the parent's too.)"""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmHWM in /proc/self/status")


def large(target: ModuleType, size: int) -> Iterator[bytes]:
    """Inputs of some size, and such as make parsers look back or go deep."""
    for piece in (
        *target.SEEDS[:3],
        b"\0",
        b"[",
        b"{",
        b'"',
        b"\n",
        b" ",
        b"\x1b[",
        b"a" * 80 + b"\n",
    ):
        if piece:
            yield b"\0" + (piece * (size // len(piece) + 1))[:size]
    for seed in target.SEEDS[:3]:
        yield seed + b" " * size
        yield seed + b"(" * size
        yield seed.replace(b"\n", b"\n" * 20_000)[:size]


def inputs(target: ModuleType) -> Any:
    """Inputs from hypothesis: edited seeds, words, any bytes."""
    from hypothesis import strategies as st

    words = st.sampled_from(target.WORDS)
    small = st.one_of(words, st.binary(max_size=8), st.text(max_size=4).map(_utf8))
    edit = st.tuples(st.integers(0, 1 << 16), st.integers(0, 40), small, st.integers(0, 3))

    def edited(seed: bytes, edits: list[tuple[int, int, bytes, int]]) -> bytes:
        for position, size, piece, kind in edits:
            at = position % (len(seed) + 1)
            # Put in, put in place of, cut out, or cut off.
            keep = (at, at + size, at + size, len(seed))[kind]
            seed = seed[:at] + (b"" if kind == 2 else piece) + seed[keep:]
        return seed

    changed = st.builds(edited, st.sampled_from(target.SEEDS), st.lists(edit, max_size=6))
    joined = st.lists(small, max_size=30).map(b"".join)
    return st.one_of(changed, changed, joined, st.binary(max_size=300))


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def with_hypothesis(guard: Guard, cases: int) -> None:
    """Seeds, large inputs (of a megabyte where there are many cases), then so many cases."""
    from hypothesis import HealthCheck, Phase, given, settings

    for data in (*guard.target.SEEDS, *large(guard.target, BIG if cases >= MANY else BIG // 4)):
        try:
            guard.run_one(data)
        except BaseException:
            print(f"failed on {len(data)} bytes: {data[:200]!r}...", file=sys.stderr)
            raise

    for done in range(0, cases, ONCE):

        @settings(
            max_examples=min(ONCE, cases - done),
            deadline=None,
            derandomize=cases < MANY,  # the suite has the same cases in every run
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
            print_blob=False,
        )
        @given(inputs(guard.target))
        def run(data: bytes) -> None:
            guard.run_one(data)

        run()


def with_atheris(guard: Guard, seconds: float, corpus: Path) -> NoReturn:
    """Let atheris look for inputs; it ends the process itself."""
    import atheris

    for number, seed in enumerate(guard.target.SEEDS):
        (corpus / f"seed{number}").write_bytes(seed)
    words = ["".join(f"\\x{byte:02x}" for byte in word) for word in guard.target.WORDS]
    (corpus.parent / "words").write_text("".join(f'"{word}"\n' for word in words))

    ends = time.monotonic() + seconds

    def run_one(data: bytes) -> None:
        guard.run_one(data)
        if time.monotonic() > ends:  # libFuzzer would end without a word of the figures
            print(guard.report(), flush=True)
            shutil.rmtree(corpus.parent, ignore_errors=True)
            os._exit(0)

    flags = [
        f"-max_total_time={seconds + 60:g}",
        "-rss_limit_mb=4096",
        "-timeout=30",
        "-max_len=8192",
    ]
    flags += [
        f"-dict={corpus.parent / 'words'}",
        f"-artifact_prefix={corpus.parent}/",
        "-verbosity=0",
    ]
    atheris.Setup([sys.argv[0], *flags, str(corpus)], run_one)
    atheris.Fuzz()
    raise SystemExit(0)


def main() -> None:
    """Run one target, as the command line requests."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=names())
    parser.add_argument("--cases", type=int, default=0, help="so many with hypothesis")
    parser.add_argument("--seconds", type=float, default=0, help="so long with atheris")
    args = parser.parse_args()
    os.fsync = lambda handle: None  # power cuts are not tested here
    folder = Path(tempfile.mkdtemp(prefix="burnbook-fuzz-"))
    os.environ["BURNBOOK_FUZZ"] = str(folder / "place")
    try:
        if args.seconds:
            import atheris

            with atheris.instrument_imports(include=["burnbook"], enable_loader_override=False):
                target = importlib.import_module(f"targets.{args.target}")
            (folder / "corpus").mkdir()
            with_atheris(Guard(target), args.seconds, folder / "corpus")
        guard = Guard(importlib.import_module(f"targets.{args.target}"))
        with_hypothesis(guard, args.cases)
        print(guard.report(), flush=True)
    finally:
        if not args.seconds:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
