"""Kill -9 at any moment of commands of bin/, each a new process: their output is true."""

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
from torture.setups import END, RANGE, START, environment, no_book, ok
from torture.spreading import own, scratch, spread
from torture.trees import Tree
from torture.warm import Done, warm
from torture.writers import journals, rows, sample

IN_ONE_BOOK = 20  # kills
LINE = json.loads(sample("telemetry/usage.jsonl").splitlines()[0])


class Kill(NamedTuple):
    """The result of one command."""

    dead: bool
    had_printed: bool  # whether it had printed its result before it died
    again: bool  # whether its second run was killed too
    wrong: list[str]


class Command(NamedTuple):
    """Words for bin/, its stdin, and how it may end when there is nothing left to do."""

    words: tuple[str, ...]
    stdin: str = ""
    spent: int = 0


def command(number: int) -> Command:
    """The `number`th of a book's commands: each books different rows."""
    at, kind = ("--at", END, "--format", "json"), number % 8
    agent = ("codex", "--agent", f"a{number - kind}")
    shown = ("--window", "W1", "--runner", "x", "--result", "pass", "--artifact", "{folder}/x.xml")
    events = [
        json.dumps({**LINE, "rid": f"r{number}-{number_in_batch}"}) for number_in_batch in range(30)
    ]
    return [
        Command(("snapshot", "start", *agent, "--window", "W1", *at[2:], "--at", START), codex()),
        Command(("snapshot", "end", *agent[:2], f"a{number - 1}", *at), codex(five=20)),
        Command(("ingest", "proxy-telemetry", "--stdin", *at), "\n".join(events) + "\n"),
        Command(("checkpoint", "W1", "--task", f"t{number}", "--plan", f"{900 + number}", *at)),
        Command(("evidence", *shown, "--capability", f"c{number}", "--run", "r", *at)),
        Command(("undo", *agent[:2], f"a{number - 5}", "--phase", "after", *at), spent=66),
        Command(("churn", "--window", "W1", *RANGE, "--paths", f"p{number}", *at)),
        Command(("ingest", "--all", *at)),
    ][kind]


def killed(job: tuple[int, int, Path]) -> list[Kill]:
    """Kill `count` commands of one book, each at a moment by lot, and run each to its end."""
    seed, count, folder = job
    own_folder, lot = own(folder), random.Random(seed)
    own_folder.mkdir(exist_ok=True)
    Tree.clear(own_folder)
    no_book(own_folder)
    (own_folder / "x.xml").write_text("<testsuite/>")
    return [kill_one(own_folder, command(number), lot) for number in range(count)]


def kill_one(folder: Path, what: Command, lot: random.Random) -> Kill:
    """Kill it, in half of the cases its second run too; then let it end, and end again."""
    script, *rest = what.words
    line = [str(ROOT / "bin" / script), *(word.format(folder=folder) for word in rest)]
    before, wrong = journals(folder), list[str]()
    first = _run(line, what.stdin, folder, lot)
    is_again = lot.random() < 0.5
    runs = [first, *([_run(line, what.stdin, folder, lot)] if is_again else [])]
    wrong += _broken(before, journals(folder))
    done = warm().run(line, environment(folder), what.stdin)
    if done.returncode not in (0, what.spent):
        wrong.append(f"run again, it fails: {done}")
    there, kept = _ids(rows(folder)), journals(folder)
    for run in (*runs, done):
        lost = _said(run) - there
        wrong += [f"acknowledged and lost: {sorted(lost)}"] if lost else []
    if script == "ingest":
        booked = [row["rid"] for row in rows(folder).get("book/proxy_telemetry.jsonl", [])]
        if len(booked) != len(set(booked)) or not set(_rids(what.stdin)) <= set(booked):
            wrong.append("events are lost or double")
    if warm().run(line, environment(folder), what.stdin).returncode not in (0, what.spent):
        wrong.append("run a third time, it fails")
    if journals(folder) != kept:
        wrong.append("run a third time, it books something")
    try:
        ok(folder, "check")
    except AssertionError as error:
        wrong.append(f"check finds: {error}"[:600])
    return Kill(
        first.returncode == -9, bool(first.stdout), is_again, [f"{line}: {why}" for why in wrong]
    )


def _run(line: list[str], stdin: str, folder: Path, lot: random.Random) -> Done:
    """Run it, and kill it after a random part of the processor time that it needs."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    how: Any = {**pipes, "env": environment(folder), "text": True, "cwd": ROOT}
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
        output = json.loads(done.stdout)
    except ValueError:
        return set()
    booked = output.get("booked", []) if isinstance(output, dict) else []
    return {entry["row"]["id"] for entry in booked}


def _ids(rows_by_journal: dict[str, list[Any]]) -> set[str]:
    return {row["id"] for rows in rows_by_journal.values() for row in rows}


def _rids(stdin: str) -> list[str]:
    return [json.loads(line)["rid"] for line in stdin.splitlines()]


def _broken(before: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    """Existing bytes are unchanged: nothing is lost or joined."""
    same = {name: after.get(name, b"").startswith(data) for name, data in before.items()}
    return [f"{name} does not begin as it was" for name, is_same in same.items() if not is_same]


def test_commands_killed_at_random_moments(tmp_path: Path) -> None:
    count = long(16, 1000)
    books = [(seed, min(IN_ONE_BOOK, count - seed)) for seed in range(0, count, IN_ONE_BOOK)]
    if count < 2 * IN_ONE_BOOK:
        books = [(seed, count // 2) for seed in range(2)]
    with scratch(tmp_path) as folder:
        jobs = [(seed, group, folder) for seed, group in books]
        results = [kill for group in spread(killed, jobs) for kill in group]
    wrong = [why for kill in results for why in kill.wrong]
    print(*wrong, sep="\n")
    dead = sum(kill.dead for kill in results)
    assert dead >= 0.25 * len(results), f"the kills did not come: {dead} of {len(results)}"
    again = sum(kill.again for kill in results)
    record(
        "Kill -9 at any moment loses and glues nothing",
        "test_commands_killed_at_random_moments",
        f"{len(wrong)} faults in {len(results):,} commands of bin/, {dead:,} of them killed before "
        f"their end, {again:,} killed again in their second run"
        f"{f'; the first: {wrong[0]}' if wrong else ''}",
        "0 faults",
        not wrong,
    )
