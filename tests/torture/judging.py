"""Checks that a disturbed command kept its promises, and describes violations."""

import re
import subprocess
from typing import Any

from burnbook.base import errors

from torture.breaking import Fault, Stage
from torture.disk import State
from torture.warm import Done
from torture.writers import facts, journals, rows

CODES = {
    *(errors.BAD_DATA, errors.MISSING, errors.IO, errors.BUSY, errors.BAD_CONFIG, errors.NO),
}


# Notes that git failed: the row has less, or the earlier values, and the command reports it.
DEGRADED = ("no commits are recorded", "no commit of it", "churn is not counted now")
# Notes of `import` and `usage`: a file cannot be read; the next run reads it.
LEFT_OUT = ("is left out: ", "rejected lines and the reasons are in ")


class Judge:
    """One writer: its folder before, and after an undisturbed run."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        stage.reset()
        self.before = journals(stage.folder)
        self.is_kept = stage.writer.words[0] not in (
            "repair",
            "forget",
        )  # no other process removes or changes lines of a journal
        self.quiet = stage.run()
        assert self.quiet.returncode == stage.writer.code, self.quiet
        self.wanted = facts(stage.folder)
        self.rows = {name: value for name, value in self.wanted.items() if name.endswith(".jsonl")}

    def fault(self, fault: Fault, *, cold: bool = False) -> list[str]:
        """The faults after a call failed, and after the command ran again."""
        self.stage.reset()
        try:
            wrong = self._failed(fault, self.stage.run(fault, cold=cold))
        except subprocess.TimeoutExpired as error:
            wrong = [f"it hangs: {error}"]
        except (AssertionError, ValueError) as error:
            wrong = [f"its rows cannot be read: {error!r}"[:600]]
        return [f"{self.stage.writer.name} {fault}: {why}" for why in wrong]

    def _failed(self, fault: Fault, done: Done) -> list[str]:
        wrong = []
        if "Traceback" in done.stderr:
            wrong.append(f"a traceback: {done.stderr[-300:]}")
        if self.stage.writer.prompt:
            # Where stdout itself cannot be written there is no prompt.
            is_broken = done.returncode and fault.call != "write"
            wrong += [f"a prompt broke: {done}"] if is_broken else []
        elif done.returncode == errors.NO and self.stage.writer.words[0] == "repair":
            wrong += [] if " left" in done.stdout else [f"no fault is left, and it says no: {done}"]
        elif done.returncode == self.stage.writer.code:
            if rows(self.stage.folder) != self.rows and not _is_told(fault, done):
                wrong.append("it says done, and the rows are others")
            elif rows(self.stage.folder) != self.rows:
                return wrong  # it reported that it books less, which is allowed
        else:
            wrong += self._refused(fault, done)
        return wrong + self.again(degraded=is_degraded(done))

    def _refused(self, fault: Fault, done: Done) -> list[str]:
        wrong, name = [], self.stage.writer.words[0]
        if done.returncode not in CODES:
            wrong.append(f"exit code {done.returncode}: {done.stderr!r}")
        noted = set(self.quiet.stderr.splitlines())
        lines = [line for line in done.stderr.splitlines() if line not in noted]
        lines = [line for line in lines[:-1] if not tells_less(line)] + lines[-1:]
        # If stderr cannot be written, there can be no message.
        is_silent = fault.call == "write" and not lines
        if not 1 <= len(lines) <= self.stage.writer.sentences and not is_silent:
            wrong.append(f"not one sentence: {lines}")
        if any(not line.startswith(f"{name}: ") for line in lines):
            wrong.append(f"not a sentence of {name}: {lines}")
        if self.is_kept and journals(self.stage.folder) != self.before:
            wrong += self._changed(lines, is_less=is_degraded(done))
        return wrong

    def _changed(self, messages: list[str], *, is_less: bool) -> list[str]:
        """The rows may be booked although a later step failed, if no message denies it.

        `is_less`: it reported that they have less, so they differ from those of an undisturbed run.
        """
        wrong = []
        if self.stage.writer.batches == 1 and any("as it was" in line for line in messages):
            wrong.append(f"the book is not as it was: {messages}")
        for name, booked in rows(self.stage.folder).items():
            extra = [row for row in booked if row not in self.rows.get(name, [])]
            if extra and not is_less and not _same_ids(extra, self.rows.get(name, [])):
                wrong.append(f"{name} has a row that nobody meant: {extra[0]}")
        return wrong

    def again(self, *, degraded: bool = False) -> list[str]:
        """The faults after the command ran again, undisturbed; `degraded`: rows have less."""
        apart = (*self.stage.writer.apart, *(("book/", "docs/") if degraded else ()))
        done = self.stage.run()
        if done.returncode not in (self.stage.writer.code, self.stage.writer.spent):
            return [f"run again, it fails: {done}"]
        try:
            actual = facts(self.stage.folder)
        except AssertionError as error:
            return [f"run again, check finds: {error}"[:600]]
        names = {name for name in {*actual, *self.wanted} if not name.startswith(apart)}
        differs = [name for name in names if _differs(name, actual, self.wanted)]
        return [f"run again, {name} differs" for name in differs]

    def cut(self, state: State, *, ended: bool) -> list[str]:
        """The faults after a power cut left these files; `ended`: after the command's end."""
        self.stage.put(state)
        try:
            is_lost = ended and rows(self.stage.folder) != self.rows
            wrong = ["an acknowledged row is lost"] * is_lost
            wrong += self._begins_as_before() + self.again()
        except (AssertionError, ValueError) as error:
            wrong = [f"its rows cannot be read: {error!r}"[:600]]
        return [f"{self.stage.writer.name}: {why}" for why in wrong]

    def killed(
        self, fault: Fault, during: Fault | None, *, cold: bool = False
    ) -> tuple[bool, list[str]]:
        """Killed there, `during` the second run disturbed again: whether it died, and the wrong."""
        self.stage.reset()
        died = self.stage.run(fault, cold=cold)
        dead = died.returncode in (-9, 137)
        try:
            wrong = self._died(died, dead) + self._again_after(during)
        except subprocess.TimeoutExpired as error:
            wrong = [f"it hangs: {error}"]
        except (AssertionError, ValueError) as error:
            wrong = [f"its rows cannot be read: {error!r}"[:600]]
        return dead, [f"{self.stage.writer.name} {fault} {during}: {why}" for why in wrong]

    def _died(self, died: Done, dead: bool) -> list[str]:
        writer = self.stage.writer
        wrong = [] if dead or died.returncode == writer.code else [f"it ended: {died}"]
        if died.stdout and not writer.prompt and rows(self.stage.folder) != self.rows:
            wrong.append("an acknowledged row is lost")
        return wrong + self._begins_as_before()

    def _begins_as_before(self) -> list[str]:
        here = journals(self.stage.folder)
        return [
            f"{name} does not begin as it was"
            for name, data in self.before.items()
            if self.is_kept and not here.get(name, b"").startswith(data)
        ]

    def _again_after(self, during: Fault | None) -> list[str]:
        second = self.stage.run(during) if during else None
        return self.again(degraded=second is not None and is_degraded(second))


def _is_told(fault: Fault, done: Done) -> bool:
    """Whether it reported that its rows have less, or skipped unreadable logs."""
    found_none = any(text in done.stdout for text in ("accepted 0", "no usage in the book"))
    return is_degraded(done) or ("EACCES" in fault.what and found_none)


def is_degraded(done: Done) -> bool:
    """Whether it reported that git failed, or that a file is left out."""
    hidden = "churn: no-repository" in done.stdout  # EACCES: it is not there for this user
    return hidden or any(tells_less(line) for line in done.stderr.splitlines())


def tells_less(line: str) -> bool:
    return any(text in line for text in (*DEGRADED, *LEFT_OUT))


def _same_ids(left_rows: list[Any], others: list[Any]) -> bool:
    """Rows of these ids exist; their content may differ after a fault (a failed capture)."""
    return {row["id"] for row in left_rows} <= {row["id"] for row in others}


def _differs(name: str, actual: dict[str, Any], wanted: dict[str, Any]) -> bool:
    first, other = actual.get(name), wanted.get(name)
    if isinstance(first, bytes) and isinstance(other, bytes):
        return _undated(first) != _undated(other)
    return bool(first != other)


def _undated(data: bytes) -> bytes:
    """A page without the moment of its writing."""
    return re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z", b"", data)
