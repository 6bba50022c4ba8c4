"""Appends and corrections on three machines, with merges in any order, give the same book."""

import random
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from team_of_hosts import Machine
from torture.figures import long

HOSTS = ("laptop", "desktop", "ci")
# Each feed line is of this form; a request with the same id is the same one on every machine.
LINE = (
    '{"ts":"2026-11-22T%02d:%02d:00Z","rid":"r-%d","lane":"%s","model":"glm-4.6","status":"%s",'
    '"input_tokens":%d,"output_tokens":9,"latency_ms":%d,"feature":"f%d"}\n'
)
LOG = (
    '{"type":"assistant","timestamp":"2026-11-22T%02d:%02d:00.000Z","sessionId":"s-%d",'
    '"cwd":"/home/ada/app","requestId":"req_%d","message":{"id":"msg_%d","model":"claude-opus-4-6",'
    '"usage":{"input_tokens":%d,"output_tokens":%d}}}\n'
)
KINDS = (("glm", "ok"), ("baseline", "ok"), ("glm", "error"), ("lost", "ok"))
Step = tuple[int, str, int]
# What people and the meters write, and what logs and the proxy write.
SMALL = ("before", "after", "undo", "finalize", "checkpoint", "evidence", "import", "next")
LARGE = ("telemetry", "moved", "log")


def steps_of(actions: tuple[str, ...]) -> st.SearchStrategy[list[Step]]:
    """Steps of these actions, with merges in between."""
    hosts = st.integers(0, len(HOSTS) - 1)
    step = st.tuples(hosts, st.sampled_from([*actions, "merge", "merge"]), st.integers(0, 7))
    return st.lists(step, max_size=24)


class Team:
    """Three machines, and the log that all of them read."""

    def __init__(self, folder: Path) -> None:
        self.machines = [Machine(folder, host) for host in HOSTS]
        self.log: list[str] = []

    def do(self, host: int, action: str, number: int) -> None:
        """One step of one machine. A command that the book refuses is a step without a row."""
        getattr(self, f"_{action}")(self.machines[host], number)

    def _before(self, machine: Machine, number: int) -> None:
        machine.pane("start", number, 10 + number, ("main", "ada")[number % 2])

    def _after(self, machine: Machine, number: int) -> None:
        machine.pane("end", 60 + number, 30 + number, ("main", "ada")[number % 2])

    def _next(self, machine: Machine, number: int) -> None:
        machine.pane("start", 9 * 60 + number, 3 + number, "main", "W2")

    def _undo(self, machine: Machine, number: int) -> None:
        machine.call("undo", "codex", "--agent", ("main", "ada")[number % 2])

    def _finalize(self, machine: Machine, number: int) -> None:
        machine.call("finalize", "--window", "W1", "--features", f"codex={1 + number % 3}")

    def _checkpoint(self, machine: Machine, number: int) -> None:
        at = f"2026-11-22T12:{number:02d}"
        machine.call("checkpoint", "W1", "--actual", str(1000 * (1 + number % 3)), "--at", at)

    def _evidence(self, machine: Machine, number: int) -> None:
        artifact = machine.folder / "here" / "report.xml"
        artifact.write_text(f"<suite n='{number}'/>")
        run = ("--capability", f"c{number % 2}", "--run", f"r{number}", "--runner", "x")
        result = ("pass", "fail")[number % 2]
        words = ("evidence", "W1", *run, "--result", result, "--artifact", "report.xml")
        machine.ok(*words)

    def _telemetry(self, machine: Machine, number: int, *words: str) -> None:
        lines = [
            LINE % (9 + n % 9, n, n, *KINDS[n % len(KINDS)], 100 + n, 10 * n, n % 3)
            for n in range(number, number + 4)
        ]
        machine.call("ingest", "proxy-telemetry", *words, stdin="".join(lines))

    def _moved(self, machine: Machine, number: int) -> None:
        self._telemetry(machine, number, "--window", ("W1", "W2")[number % 2])

    def _log(self, machine: Machine, number: int) -> None:
        """The log grows, and this machine reads it: requests become larger."""
        n = len(self.log)
        self.log.append(LOG % (9 + n % 9, n % 60, n % 2, number, number, 10, 5 + n))
        path = machine.home / ".claude" / "projects" / "app" / "one.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(self.log))
        machine.call("ingest", "claude")

    def _import(self, machine: Machine, number: int) -> None:
        day = (
            '{"daily":[{"date":"2026-11-2%d","inputTokens":%d,"outputTokens":5,'
            '"cacheCreationTokens":0,"cacheReadTokens":0,"totalTokens":%d,"totalCost":0.1,'
            '"modelsUsed":[],"modelBreakdowns":[]}]}'
        )
        tokens = 100 * (1 + number % 3)
        machine.call(
            "import", "ccusage", "--scope", "all", stdin=day % (number % 2, tokens, tokens + 5)
        )

    def _merge(self, machine: Machine, number: int) -> None:
        others = [m for m in self.machines if m is not machine and m.book.exists()]
        if others:
            machine.ok("merge", *(str(m.book) for m in others[: 1 + number % 2]))

    def merge_all(self) -> None:
        """Merge until every machine has every row, in an order of its own."""
        if not any(machine.book.exists() for machine in self.machines):
            return
        order = [(a, b) for a in self.machines for b in self.machines if a is not b] * 3
        random.Random(len(self.log)).shuffle(order)
        for machine, other in [*order, *order]:
            if other.book.exists():
                machine.ok("merge", str(other.book))


def agree(steps: list[Step]) -> None:
    """Every machine has the same lines, the same reports, and a book without a fault."""
    with tempfile.TemporaryDirectory() as name:
        team = Team(Path(name))
        for step in steps:
            team.do(*step)
        team.merge_all()
        first, *others = team.machines
        if not first.book.exists():
            return
        wanted = first.lines(), first.checked(), first.reports()
        for machine in others:
            lines, rows, reports = machine.lines(), machine.checked(), machine.reports()
            assert lines == wanted[0]
            assert rows == wanted[1]
            for report, shown in reports.items():
                assert shown == wanted[2][report], report


def plain(actions: tuple[str, ...]) -> list[Step]:
    """Each action on each machine, with merges in between."""
    steps: list[Step] = []
    for number, action in enumerate(actions):
        steps += [(host, action, number + host) for host in range(len(HOSTS))]
        steps.append((number % len(HOSTS), "merge", number))
    return steps


def test_machines_that_did_the_same_work_agree() -> None:
    agree(plain((*SMALL, "finalize", "checkpoint", "before")))


def test_machines_that_read_the_same_logs_agree() -> None:
    agree(plain(("before", "log", "telemetry", "after", "moved", "finalize", "log", "telemetry")))


@settings(max_examples=long(4, 300))
@given(steps_of(SMALL))
def test_any_work_with_merges_in_any_order_gives_one_book(steps: list[Step]) -> None:
    agree(steps)


@settings(max_examples=long(4, 300))
@given(steps_of((*SMALL, *LARGE)))
def test_any_requests_with_merges_in_any_order_give_one_book(steps: list[Step]) -> None:
    agree(steps)
