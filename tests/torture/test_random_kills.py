"""Kill -9 at any moment of commands of bin/, each a new process: what they said is so."""

import json
import random
import resource
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from conftest import codex
from frontdoor import ROOT
from waiting import kill_after

from torture.figures import long, record
from torture.places import END, RANGE, START, bare, environment, ok
from torture.spreading import own, scratch, spread
from torture.trees import Tree
from torture.warm import Done, warm
from torture.writers import journals, rows, sample

IN_ONE_BOOK = 20  # kills
LINE = json.loads(sample("telemetry/usage.jsonl").splitlines()[0])


class Kill(NamedTuple):
    """What one command came to."""

    dead: bool
    said: bool  # whether it had told its result before it died
    again: bool  # whether its second run was killed too
    wrong: list[str]


class Command(NamedTuple):
    """Words for bin/, its stdin, and how it may end when there is nothing left to do."""

    words: tuple[str, ...]
    stdin: str = ""
    spent: int = 0


def command(number: int) -> Command:
    """The `number`th of a book's commands: each is about something of its own."""
    at, kind = ("--at", END, "--format", "json"), number % 8
    agent = ("codex", "--agent", f"a{number - kind}")
    shown = ("--window", "W1", "--runner", "x", "--result", "pass", "--artifact", "{place}/x.xml")
    events = [json.dumps({**LINE, "rid": f"r{number}-{one}"}) for one in range(30)]
    return [
        Command(("snapshot", "start", *agent, "--window", "W1", *at[2:], "--at", START), codex()),
        Command(("snapshot", "end", *agent[:2], f"a{number - 1}", *at), codex(five=20)),
        Command(("ingest", "proxy-telemetry", "--stdin", *at), "\n".join(events) + "\n"),
        Command(("checkpoint", "W1", "--task", f"t{number}", "--plan", f"{900 + number}", *at)),
        Command(("evidence", *shown, "--capability", f"c{number}", "--run", "r", *at)),
        Command(("undo", *agent[:2], f"a{number - 5}", "--phase", "after", *at), spent=66),
        Command(("churn", "--window", "W1", *RANGE, "--paths", f"p{number}", *at)),
        Command(("usage", "daily", "--fresh", *at)),
    ][kind]


def killed(job: tuple[int, int, Path]) -> list[Kill]:
    """Kill `count` commands of one book, each at a moment by lot, and run each to its end."""
    seed, count, folder = job
    place, lot = own(folder), random.Random(seed)
    place.mkdir(exist_ok=True)
    Tree.clear(place)
    bare(place)
    (place / "x.xml").write_text("<testsuite/>")
    return [one(place, command(number), lot) for number in range(count)]


def one(place: Path, what: Command, lot: random.Random) -> Kill:
    """Kill it, in half of the cases its second run too; then let it end, and end again."""
    script, *rest = what.words
    line = [str(ROOT / "bin" / script), *(word.format(place=place) for word in rest)]
    before, wrong = journals(place), list[str]()
    first = _run(line, what.stdin, place, lot)
    is_again = lot.random() < 0.5
    told = [first, *([_run(line, what.stdin, place, lot)] if is_again else [])]
    wrong += _broken(before, journals(place))
    done = warm().run(line, environment(place), what.stdin)
    if done.returncode not in (0, what.spent):
        wrong.append(f"run again, it fails: {done}")
    there, kept = _ids(rows(place)), journals(place)
    for some in (*told, done):
        lost = _said(some) - there
        wrong += [f"acknowledged and lost: {sorted(lost)}"] if lost else []
    if script == "ingest":
        booked = [row["rid"] for row in rows(place).get("book/proxy_telemetry.jsonl", [])]
        if len(booked) != len(set(booked)) or not set(_rids(what.stdin)) <= set(booked):
            wrong.append("events are lost or double")
    if warm().run(line, environment(place), what.stdin).returncode not in (0, what.spent):
        wrong.append("run a third time, it fails")
    if journals(place) != kept:
        wrong.append("run a third time, it books something")
    try:
        ok(place, "check")
    except AssertionError as error:
        wrong.append(f"check finds: {error}"[:600])
    return Kill(
        first.returncode == -9, bool(first.stdout), is_again, [f"{line}: {why}" for why in wrong]
    )


def _run(line: list[str], stdin: str, place: Path, lot: random.Random) -> Done:
    """Run it, and kill it after a random part of the processor time that it needs."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    how: Any = {**pipes, "env": environment(place), "text": True, "cwd": ROOT}
    with subprocess.Popen(line, **how) as process:
        assert process.stdin and process.stdout
        process.stdin.write(stdin)
        process.stdin.close()
        process.stdin = None
        # After the start, which books nothing, up to about the end.
        kill_after(process, _length() * lot.uniform(0.2, 0.95))
        stdout = process.stdout.read()
        process.wait()
    return subprocess.CompletedProcess(line, process.returncode, stdout, "")


_LENGTH: list[float] = []


def _length() -> float:
    """How much processor time a command needs here, in seconds."""
    if not _LENGTH:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        for _ in range(3):
            subprocess.run([str(ROOT / "bin" / "aliases")], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        _LENGTH.append(used / 3)
    return _LENGTH[0] * 1.3


def _said(done: Done) -> set[str]:
    """The ids that it acknowledged; text that was cut off acknowledges nothing."""
    try:
        told = json.loads(done.stdout)
    except ValueError:
        return set()
    booked = told.get("booked", []) if isinstance(told, dict) else []
    return {one["row"]["id"] for one in booked}


def _ids(found: dict[str, list[Any]]) -> set[str]:
    return {row["id"] for some in found.values() for row in some}


def _rids(stdin: str) -> list[str]:
    return [json.loads(line)["rid"] for line in stdin.splitlines()]


def _broken(before: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    """What stood there stands there still, to the byte: nothing is lost, nothing is glued."""
    same = {name: after.get(name, b"").startswith(data) for name, data in before.items()}
    return [f"{name} does not begin as it was" for name, is_same in same.items() if not is_same]


def test_commands_killed_at_random_moments(tmp_path: Path) -> None:
    count = long(16, 1000)
    books = [(seed, min(IN_ONE_BOOK, count - seed)) for seed in range(0, count, IN_ONE_BOOK)]
    if count < 2 * IN_ONE_BOOK:
        books = [(seed, count // 2) for seed in range(2)]
    with scratch(tmp_path) as folder:
        jobs = [(seed, some, folder) for seed, some in books]
        told = [kill for some in spread(killed, jobs) for kill in some]
    wrong = [why for kill in told for why in kill.wrong]
    print(*wrong, sep="\n")
    dead = sum(kill.dead for kill in told)
    assert dead >= 0.25 * len(told), f"the kills did not come: {dead} of {len(told)}"
    again = sum(kill.again for kill in told)
    record(
        "Kill -9 at any moment loses and glues nothing",
        "test_commands_killed_at_random_moments",
        f"{len(wrong)} faults in {len(told):,} commands of bin/, {dead:,} of them killed before "
        f"their end, {again:,} killed again in their second run"
        f"{f'; the first: {wrong[0]}' if wrong else ''}",
        "0 faults",
        not wrong,
    )
