"""Processes that call every command at once, by script and by recipe: one book, no row lost."""

import json
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from conftest import codex
from frontdoor import ROOT

from torture.clone import clone
from torture.figures import long, record
from torture.writers import journals, no_book, ok, run

AGENTS, WINDOWS = ("main", "b", "c.d"), ("W1", "W2", "W3")
RECIPES = {
    "start": ("snapshot", "start"),
    "end": ("snapshot", "end"),
    "cross": ("snapshot", "cross"),
}
CODES = (0, 65, 66, 75)  # done; no meters to book; nothing to end, undo or close; busy
STATUS = json.loads((ROOT / "samples" / "agents" / "statusline.json").read_text())
Lot = random.Random


class Call(NamedTuple):
    """One command: the words of its recipe and its stdin."""

    words: tuple[str, ...]
    stdin: str = ""


def when(lot: Lot) -> tuple[str, str]:
    """A moment of the day, to the second."""
    minute, second = lot.randrange(60), lot.randrange(60)
    return "--at", f"2026-11-22T{lot.randrange(9, 23):02}:{minute:02}:{second:02}"


def event(rid: str, second: int) -> str:
    """A line of the proxy's telemetry."""
    fields = {
        "ts": f"2026-11-22T10:{second // 60 % 60:02}:{second % 60:02}Z",
        "rid": rid,
        "lane": "glm",
        "model": "glm-4.6",
        "status": "ok",
        "input_tokens": 10,
        "output_tokens": second,
        "latency_ms": 5,
    }
    return json.dumps(fields) + "\n"


def drawn(folder: Path, who: str, lot: Lot) -> Call:
    """A command by lot."""
    agent, window = ("--agent", lot.choice(AGENTS)), ("--window", lot.choice(WINDOWS))
    pane = codex(five=lot.randrange(90), weekly=lot.randrange(90), context=lot.randrange(99))
    name = lot.choice(
        [
            *("start", "start", "start", "end", "end", "cross", "checkpoint", "checkpoint", "undo"),
            *("ingest own", "ingest same", "ingest feed", "finalize", "evidence", "churn", "reset"),
            *("capture", "statusline", "preview", "check", "usage"),
        ]
    )
    match name:
        case "start" | "end" | "cross":
            return Call((name, "codex", *window, *agent, *when(lot)), pane)
        case "undo":
            return Call(("undo", "codex", *agent, "--index", str(lot.randint(1, 3)), *when(lot)))
        case "checkpoint":
            actual = ("--actual", str(lot.randrange(100_000)))
            return Call(("checkpoint", window[1], *actual, *agent, *when(lot)))
        case "ingest own":
            lines = "".join(event(f"{who}.{number}", number) for number in range(40))
            return Call(("ingest", "proxy-telemetry", *window, *agent), lines)
        case "ingest same":
            return Call(
                ("ingest", "proxy-telemetry", "--file", f"{folder}/same.jsonl", *window[:1], "W1")
            )
        case "ingest feed":
            return Call(("ingest", "proxy-telemetry"))
        case "finalize":
            done = ("--features", f"codex={lot.randint(1, 9)}", "--outcome", "pass")
            return Call(("finalize", *window, *done, *agent, *when(lot)))
        case "evidence":
            flags = ("--runner", "x", "--result", "pass", "--artifact", f"{folder}/report.xml")
            return Call(("evidence", *window, "--capability", "c", "--run", who, *flags, *agent))
        case "churn":
            return Call(
                ("churn", *window, "--commit-start", "HEAD~1", "--commit-end", "HEAD", *agent)
            )
        case "reset":
            return Call(("reset", "--at", f"2026-11-{lot.randint(23, 25)}T08:00"))
        case "capture":
            return Call(("capture", "one", *when(lot)))
        case "statusline":
            STATUS["rate_limits"]["five_hour"]["used_percentage"] = lot.randrange(90)
            return Call(("statusline", *agent, *when(lot)), json.dumps(STATUS))
        case "preview":
            return Call(("preview", *window, *agent))
        case "usage":
            return Call(("usage", "daily"))
    return Call(("check",))


def act(folder: Path, project: Path, who: int, count: int) -> None:
    """Run so many commands, a third of them as recipes, and save their output."""
    lot, log = Lot(who), folder / f"told.{who}"
    for number in range(count):
        words, stdin = drawn(folder, f"{who}-{number}", lot)
        if lot.random() < 1 / 3:
            command = [str(project / "just"), *words]
        else:
            script, *first = RECIPES.get(words[0], words[:1])
            command = [str(project / "bin" / script), *first, *words[1:]]
        began = time.monotonic()
        done = run([*command, "--format", "json"], folder, stdin)
        line = [command, done.returncode, done.stdout, done.stderr, time.monotonic() - began]
        with log.open("a") as file:
            file.write(json.dumps(line) + "\n")


def booked(events: Any) -> Iterator[tuple[bool, Any]]:
    """(is_new, row) of each row that a command reports as booked."""
    if isinstance(events, dict):
        if "new" in events and "row" in events:
            yield events["new"], events["row"]
        events = list(events.values())
    if isinstance(events, list):
        for inner in events:
            yield from booked(inner)


def test_mixed_commands_at_once(tmp_path: Path) -> None:
    processes, count = long(3, 50), long(5, 20)
    folder, project = tmp_path / "place", clone(tmp_path / "project")
    folder.mkdir()
    no_book(folder)
    (folder / "same.jsonl").write_text("".join(event(f"same.{n}", n) for n in range(200)))
    ok(
        folder,
        "snapshot",
        "start",
        "codex",
        "--window",
        "W1",
        "--at",
        "2026-11-22T09:00",
        stdin=codex(),
    )
    children = []
    for who in range(processes):
        child = os.fork()
        if not child:
            try:
                act(folder, project, who, count)
                os._exit(0)
            finally:
                os._exit(1)
        children.append(child)
    failed = sum(os.waitpid(child, 0)[1] != 0 for child in children)
    rows = [json.loads(line) for path in folder.glob("told.*") for line in path.open()]
    wrong = [*judged(folder, rows), *["a process did not end its commands"] * failed]
    print(*wrong, sep="\n")
    busy = sum(code == 75 for _, code, *_ in rows)
    record(
        "Every command at once, by script and by recipe: nothing lost, torn or double",
        "test_mixed_commands_at_once",
        f"{len(wrong)} faults in {len(rows):,} commands of {processes} processes, {busy} of them "
        f"refused as busy{'; the first: ' + wrong[0] if wrong else ''}",
        "0 faults",
        not wrong and len(rows) == processes * count,
    )


def judged(folder: Path, reports: list[Any]) -> list[str]:
    """The faults of the commands' output, and of the book after them."""
    wrong, news, accepted = [], Counter[str](), 0
    acknowledged: dict[str, Any] = {}
    for command, code, out, err, _ in reports:
        words = " ".join(command[1:])
        if code not in CODES or "Traceback" in err or "fault of burnbook" in err:
            wrong.append(f"{command[0]} {words}: exit code {code}: {out[-300:]} {err[-300:]}")
        elif code == 0:
            answer = json.loads(out)
            accepted += answer.get("accepted", 0)
            for is_new, row in booked(answer):
                news[row["id"]] += is_new
                acknowledged[row["id"]] = row
    rows = [json.loads(line) for data in journals(folder).values() for line in data.splitlines()]
    there = Counter(row["id"] for row in rows)
    wrong += [
        f"{row_id} is booked, and is not there" for row_id in acknowledged if not there[row_id]
    ]
    wrong += [f"{row_id} stands there {many} times" for row_id, many in there.items() if many > 1]
    wrong += [f"{row_id} was new {many} times" for row_id, many in news.items() if many > 1]
    requests = len((folder / "book" / "proxy_telemetry.jsonl").read_bytes().splitlines())
    if accepted != requests:
        wrong.append(f"{accepted} requests were accepted, {requests} are there")
    by_id = {row["id"]: row for row in rows}
    differs = [i for i, row in acknowledged.items() if i in by_id and _differs(row, by_id[i])]
    return wrong + [f"{row_id} is not as it was said" for row_id in differs] + after(folder)


def _differs(expected: Any, there: Any) -> bool:
    """Whether a reported row differs from the one in the journal, which leaves out nulls."""
    return any(
        value != there.get(key) for key, value in expected.items() if value not in (None, [], {})
    )


def after(folder: Path) -> list[str]:
    """The findings of `check` at the end, including ledgers and state."""
    done = run([str(ROOT / "bin" / "check")], folder)
    torn = list((folder / "book").rglob("*.broken"))
    return [f"check: {done.stdout}"] * (done.returncode != 0) + [f"torn: {path}" for path in torn]
