"""Each request counts once, in the session that made it, whatever is copied and whenever read.

A generator writes transcripts step by step and knows what is true of them: streams, gateways
without ids, resumed and forked sessions, asides, advisors, moved files. Ingest runs between any two
steps.
"""

import json
import os
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inside import Inside

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
LONG_AGO = 1_790_000_000
STEPS = {
    **{"vendor": 4, "gateway": 3, "relay": 3, "early": 2, "advisor": 1, "rest": 4, "begin": 2},
    **{"resume": 2, "fork": 2, "old_fork": 2, "aside": 1, "move": 1, "ingest": 4, "forget": 1},
    "file": 1,
}
Sums = dict[tuple[str, str], list[int]]


class Session(NamedTuple):
    """A session and its file; `lines` are all of its own and copied ones."""

    name: str
    path: Path
    lines: list[dict[str, Any]]


class Transcripts:
    """The transcripts of one home folder, and the truth about them."""

    def __init__(self, folder: Path) -> None:
        self.inside = Inside(folder)
        self.folder = self.inside.home / ".claude" / "projects"
        self.sessions: list[Session] = []
        self.closed: set[str] = set()
        self.waiting: list[tuple[Session, str, dict[str, Any]]] = []
        self.truth: dict[str, tuple[str, str, int, int]] = {}
        self.count = 0
        self.begin(0)

    def step(self, name: str, choice: int) -> None:
        """One step; `choice` chooses what it is about."""
        getattr(self, name)(choice)

    def number(self) -> int:
        """A number that no other line has."""
        self.count += 1
        return self.count

    def begin(self, choice: int) -> None:
        """Begin a session."""
        name = f"s{self.number()}"
        self.add(name, f"p{choice % 2}/{name}.jsonl", [])

    def add(self, name: str, path: str, lines: list[dict[str, Any]]) -> Session:
        """Add a session that begins with some lines."""
        session = Session(name, self.folder / path, [])
        session.path.parent.mkdir(parents=True, exist_ok=True)
        session.path.touch()
        for line in lines:
            self.write(session, line)
        self.sessions.append(session)
        return session

    def open(self, choice: int) -> Session:
        """A session that goes on."""
        going_on = [session for session in self.sessions if session.name not in self.closed]
        if not going_on:
            self.begin(choice)
            return self.sessions[-1]
        return going_on[choice % len(going_on)]

    def write(self, session: Session, line: dict[str, Any]) -> None:
        """Append a line."""
        session.lines.append(line)
        with session.path.open("a") as file:
            file.write(json.dumps(line) + "\n")

    def answer(self, session: Session, message: str, request: str | None, **usage: Any) -> None:
        """Stream an answer: its first lines now, and the rest in a later step."""
        number = self.number()
        size = 1000 * number
        name = f"{session.name} {number}"
        outputs = (1, 40, 40 + number)
        for at, output in enumerate(outputs):
            counts = {"input_tokens": size, "output_tokens": output, **usage}
            if usage.get("early") and not at:
                counts["input_tokens"] = 0
            counts.pop("early", None)
            ts = START + timedelta(minutes=number, seconds=at)
            line = {"type": "assistant", "uuid": f"u{number}-{at}", "sessionId": session.name}
            line |= {"timestamp": ts.isoformat().replace("+00:00", "Z"), "cwd": "/srv/api"}
            line |= {"message": {"id": message, "model": "m", "usage": counts}}
            line |= {"requestId": request} if request else {}
            if at < 1 + number % 3:
                self.write_line(session, name, line)
            else:
                self.waiting.append((session, name, line))

    def write_line(self, session: Session, name: str, line: dict[str, Any]) -> None:
        """Write a line of an answer, and note what is true now."""
        self.write(session, line)
        usage = line["message"]["usage"]
        self.truth[name] = session.name, "m", usage["input_tokens"], usage["output_tokens"]
        for at, item in enumerate(usage.get("iterations", [])[1:]):
            part = (session.name, item["model"], item["input_tokens"], item["output_tokens"])
            self.truth[f"{name} part {at}"] = part

    def rest(self, choice: int) -> None:
        """The rest of an answer. Nothing is streamed into a session that another one copied."""
        if self.waiting:
            session, name, _ = self.waiting[0]
            mine = [entry for entry in self.waiting if entry[1] == name]
            self.waiting = [entry for entry in self.waiting if entry[1] != name]
            for entry in mine if session.name not in self.closed else ():
                self.write_line(*entry)

    def vendor(self, choice: int) -> None:
        """An answer with the ids of the vendor."""
        number = self.number()
        self.answer(self.open(choice), f"msg_{number}", f"req_{number}")

    def gateway(self, choice: int) -> None:
        """An answer without a request's id; the ids of messages start anew with each session."""
        session = self.open(choice)
        self.answer(session, f"chatcmpl-{len(session.lines)}", None)

    def relay(self, choice: int) -> None:
        """An answer of a relay that has one id for all."""
        self.answer(self.open(choice), "relay", None)

    def early(self, choice: int) -> None:
        """An answer whose first line is written before the input is counted."""
        self.answer(self.open(choice), f"early-{self.number()}", None, early=True)

    def advisor(self, choice: int) -> None:
        """An answer with a request to another model inside."""
        number = self.number()
        items = [
            {"type": "message", "input_tokens": 1, "output_tokens": 1},
            {"type": "advisor_message", "model": "n", "input_tokens": number, "output_tokens": 7},
        ]
        self.answer(self.open(choice), f"msg_{number}", f"req_{number}", iterations=items)

    def resume(self, choice: int) -> None:
        """A new file that begins with the lines of another, as they are."""
        old = self.sessions[choice % len(self.sessions)]
        name = f"s{self.number()}"
        self.close(old)
        self.add(name, f"p0/{name}.jsonl", old.lines)

    def fork(self, choice: int) -> None:
        """A new session with the lines of another; they name the session that made them."""
        old = self.sessions[choice % len(self.sessions)]
        name = f"s{self.number()}"
        lines = [
            {"requestSessionId": line["sessionId"], **line, "sessionId": name} for line in old.lines
        ]
        self.drop_waiting(old)
        self.add(name, f"p0/{name}.jsonl", lines)

    def old_fork(self, choice: int) -> None:
        """The same by an older version: only the one that goes on later is the copy."""
        old = self.open(choice)
        name = f"s{self.number()}"
        self.close(old)
        lines = [
            {**line, "sessionId": name} if "requestSessionId" not in line else line
            for line in old.lines
        ]
        number = self.number()
        self.answer(self.add(name, f"p0/{name}.jsonl", lines), f"msg_{number}", f"req_{number}")

    def aside(self, choice: int) -> None:
        """A subagent's file that repeats an answer of its session under another request's id."""
        session = self.open(choice)
        answers = [line for line in session.lines if line["message"]["id"].startswith("msg_")]
        if answers:
            number = self.number()
            line = {**answers[-1], "requestId": f"req_{number}", "isSidechain": True}
            path = f"p0/{session.path.stem}/subagents/agent-{number}.jsonl"
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(json.dumps(line) + "\n")

    def close(self, session: Session) -> None:
        """Let a session end."""
        self.closed.add(session.name)
        self.drop_waiting(session)

    def drop_waiting(self, session: Session) -> None:
        """Write what is waiting, so that a copy has whole answers."""
        while any(entry[0] is session for entry in self.waiting):
            self.rest(0)

    def move(self, choice: int) -> None:
        """Move a file into another folder."""
        at = choice % len(self.sessions)
        session = self.sessions[at]
        moved = self.folder / "moved" / session.path.name
        moved.parent.mkdir(exist_ok=True)
        session.path.rename(moved)
        changed = session._replace(path=moved)
        self.sessions[at] = changed
        self.waiting = [(changed if s is session else s, *rest) for s, *rest in self.waiting]

    def ingest(self, choice: int) -> None:
        """Read what is new."""
        done = self.inside.run("ingest", "claude")
        assert done.code == 0, done

    def file(self, choice: int) -> None:
        """Read one file by its name."""
        path = self.sessions[choice % len(self.sessions)].path
        assert self.inside.run("ingest", "claude", "--file", str(path)).code == 0

    def forget(self, choice: int) -> None:
        """Lose the cache."""
        shutil.rmtree(self.inside.book / "cache", ignore_errors=True)

    def finish(self) -> None:
        """Nobody writes to the files any more; read them."""
        for path in self.folder.rglob("*.jsonl"):
            os.utime(path, (LONG_AGO, LONG_AGO))
        self.ingest(0)

    def wanted(self) -> Sums:
        """Requests, input and output by session and model, as they are true."""
        sums: Sums = {}
        for session, model, fresh, output in self.truth.values():
            row = sums.setdefault((session, model), [0, 0, 0])
            sums[session, model] = [row[0] + 1, row[1] + fresh, row[2] + output]
        return sums

    def booked(self) -> Sums:
        """The same, as the book has it."""
        done = self.inside.run("usage", "session", "--format", "json")
        rows = json.loads(done.out)["rows"]
        kinds = ("requests", "input_tokens", "output_tokens")
        return {(row["period"], row["model"]): [row[kind] for kind in kinds] for row in rows}


_NAMES = [name for name, weight in STEPS.items() for _ in range(weight)]
SCRIPTS = st.lists(st.tuples(st.sampled_from(_NAMES), st.integers(0, 99)), max_size=25)


def played(folder: Path, script: Sequence[tuple[str, int]]) -> Transcripts:
    """Play a script, and read everything at its end."""
    transcripts = Transcripts(folder)
    for name, choice in script:
        transcripts.step(name, choice)
    transcripts.finish()
    return transcripts


@given(SCRIPTS)
def test_every_request_counts_once_in_its_session(
    tmp_path_factory: pytest.TempPathFactory, script: list[tuple[str, int]]
) -> None:
    transcripts = played(tmp_path_factory.mktemp("story"), script)
    assert transcripts.booked() == transcripts.wanted()
    transcripts.forget(0)
    transcripts.ingest(0)
    assert transcripts.booked() == transcripts.wanted()
    assert transcripts.inside.run("check").code == 0
