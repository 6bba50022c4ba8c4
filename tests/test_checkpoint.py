"""Checkpoints: the defaults that they choose, and the pages outside the book."""

import csv
from datetime import UTC, datetime
from typing import Any

import pytest
from burnbook.budget.agent_share import NOT_KNOWN, Shares, attribute
from burnbook.budget.checkpoint import REASONS, Choice, Facts, Given, choose, choose_rows
from burnbook.budget.tokens_used import Actual
from burnbook.config.budgets import Budget
from burnbook.rows.work import Checkpoint
from conftest import Shell, codex

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TOKENS, CHURN = "Token_Churn_Ledger.csv", "Churn_Ledger.csv"


class Book:
    """The checkpoints of one window, each booked as chosen."""

    def __init__(self) -> None:
        self.rows: list[Checkpoint] = []

    def facts(self, **known: Any) -> Facts:
        whole: dict[str, Any] = {
            **{"agent": "main", "now": NOON, "rows": tuple(self.rows), "finalized": False},
            **{
                "ends_at": None,
                "budget": Budget(target_tokens=200),
                "used": Actual(None, None),
                "provider": None,
            },
            **{"churn": None, "decision": "missing-commit-range"},
        }
        return Facts(**(whole | known))

    def book(self, given: Given | None = None, **known: Any) -> Choice:
        """Choose a checkpoint, and book it if it is new."""
        facts = self.facts(**known)
        choice = choose(given or Given(), facts)
        assert choice.phase_from in REASONS
        self.add(choice, facts.now)
        return choice

    def add(self, choice: Choice, now: datetime = NOON) -> None:
        """Add the row of a choice if it is new."""
        if choice.same is None:
            row = Checkpoint(
                id=f"c-{len(self.rows)}",
                schema_version=1,
                tool_version="0",
                recorded_at=NOON,
                host="h",
                agent=choice.agent,
                window="W1",
                phase=choice.phase,
                taken_at=now,
                supersedes=choice.base.id if choice.base else None,
                **choice.content._asdict(),
            )
            self.rows.append(row)


@pytest.fixture
def book() -> Book:
    return Book()


def later(minutes: int = 1) -> datetime:
    return NOON.replace(minute=minutes)


def test_plan_then_mid_then_final(book: Book) -> None:
    assert book.book()[:3] == ("plan", "no-plan", "budget")
    running = book.book(now=later(), used=Actual(5, "feeds"))
    assert running[:3] == ("mid", "running", "checkpoint")
    assert (running.content.tokens_actual, running.content.actual_from) == (5, "feeds")
    assert book.book(now=later(2), ends_at=later(3)).phase == "mid"
    assert book.book(now=later(3), ends_at=later(3))[:2] == ("final", "ended")
    assert choose(Given(), book.facts(now=later(4), finalized=True))[:2] == ("final", "finalized")
    assert choose(Given(phase="plan"), book.facts())[:2] == ("plan", "given")


@pytest.mark.parametrize("finished", [{}, {"ends_at": NOON}, {"finalized": True}])
def test_a_plan_of_the_same_moment_is_not_followed_by_anything(
    book: Book, finished: dict[str, Any]
) -> None:
    """As when the run that booked it was killed afterwards, and is repeated."""
    book.book(**finished)
    again = book.book(**finished)
    assert again[:2] == ("plan", "repeated")
    assert again.same == book.rows[0]


def test_the_same_numbers_later_are_no_mid_but_a_final(book: Book) -> None:
    book.book()
    assert book.book(now=later()).same == book.rows[0]
    assert book.book(now=later(), finalized=True).same is None
    assert [row.phase for row in book.rows] == ["plan", "final"]
    assert book.book(now=later(2), finalized=True).same == book.rows[1]


def test_other_numbers_correct_the_row_of_their_phase(book: Book) -> None:
    book.book()
    book.book(Given(actual=5))
    assert book.rows[1].supersedes is None
    book.book(Given(actual=6))
    book.book(Given(phase="plan", planned=300))
    book.book(Given(actual=5))
    assert [row.supersedes for row in book.rows[2:]] == ["c-1", "c-0", "c-2"]
    assert book.book(Given(phase="mid", actual=5)).same == book.rows[-1]
    assert book.rows[-1].tokens_planned == 300


def test_omitted_values_are_kept(book: Book) -> None:
    book.book(Given(planned=7, task="parser", notes="n"))
    assert book.book(now=later()).same == book.rows[0]
    content = book.book(Given(actual=3), now=later()).content
    assert (content.tokens_planned, content.task, content.notes) == (7, "parser", None)
    corrected = book.book(Given(actual=4, notes="m"), now=later()).content
    assert (corrected.task, corrected.notes) == ("parser", "m")
    assert book.book(Given(phase="mid", task=""), now=later()).content.task is None
    # No source has it now, so the given count is kept.
    assert book.rows[-1].tokens_actual == 4
    assert book.book(Given(phase="mid"), used=Actual(9, "logs")).content.tokens_actual == 9


def test_agents_have_rows_of_their_own_and_one_plan(book: Book) -> None:
    book.book(Given(planned=9))
    other = book.book(Given(actual=1), agent="bo")
    assert (other.phase, other.base, other.content.tokens_planned) == ("mid", None, 9)
    assert book.book(Given(actual=2), agent="bo").base == book.rows[1]
    assert book.book(Given(actual=2)).base is None


def test_a_share_is_of_the_agent_that_booked_the_requests() -> None:
    users = {"codex": {"ada", "bo"}, "claude": {"zoe"}}
    stamped = [("ada", "codex", 5), ("ada", "claude", 2), ("kim", "gemini", 3)]
    assert attribute(users, stamped) == Shares({"ada": 7, "kim": 3}, frozenset())


@pytest.mark.parametrize(
    ("users", "stamp", "expected"),
    [
        ({"codex": {"ada"}, "claude": {"bo"}}, "main", ({"ada": 5}, frozenset())),
        ({"codex": {"ada", "bo"}}, "main", ({}, frozenset({"ada", "bo"}))),
        ({"codex": {"ada", "main"}}, "main", ({"main": 5}, frozenset())),
        ({"claude": {"bo"}}, "main", ({"main": 5}, frozenset())),
        ({"claude": {"bo"}}, None, ({"bo": 5}, frozenset())),
        ({"claude": {"bo"}, "glm": {"zoe"}}, None, ({}, frozenset({"bo", "zoe"}))),
        ({"codex": {"ada"}}, None, ({"ada": 5}, frozenset())),
    ],
)
def test_what_the_default_agent_booked_is_of_the_agent_with_that_meter(
    users: dict[str, set[str]], stamp: str | None, expected: Any
) -> None:
    assert attribute(users, [(stamp, "codex", 5)]) == Shares(*expected)


def test_given_shares_add_up_to_the_window(book: Book) -> None:
    whole = book.facts(agent=None, agents=("ada", "bo"))
    totals = []
    for agent, tokens in (("ada", 5), ("bo", 7)):
        given = Given(phase="final", planned=100, actual=tokens)
        part = whole._replace(agent=agent, is_part=True, decision=NOT_KNOWN)
        own, total = choose_rows(given, book.facts(agent=None, agents=("ada", "bo")), part)
        assert (own.content.tokens_planned, own.content.tokens_actual) == (None, tokens)
        totals.append((total.content.tokens_planned, total.content.tokens_actual))
        book.add(own)
        book.add(total)
    assert totals == [(100, None), (100, 12)]
    assert [(row.agent, row.supersedes) for row in book.rows] == [
        *(("ada", None), (None, None)),
        *(("bo", None), (None, "c-1")),
    ]


def ledger(shell: Shell, name: str = TOKENS) -> list[dict[str, str]]:
    with (shell.docs / "Ledgers" / name).open(newline="") as file:
        return list(csv.DictReader(file))


SOON = ("--at", "2026-11-22T09:30")  # before the window's end, whenever the test runs


def start(shell: Shell, **pane: int) -> None:
    words = ("--window", "W0-CHN", "--at", "2026-11-22T09:00")
    shell.ok("snapshot", "start", "codex", *words, stdin=codex(**pane))


def test_twenty_simultaneous_checkpoints_book_one_row_and_ledger_row(shell: Shell) -> None:
    start(shell)
    many = [shell.start("checkpoint", "W0-CHN", *SOON, "--actual", "5") for _ in range(20)]
    outputs = [process.communicate(timeout=120) for process in many]
    assert [process.returncode for process in many] == [0] * 20, outputs
    [row] = shell.rows("checkpoints")
    assert (row["phase"], row["tokens_actual"]) == ("plan", 5)
    assert [line["record_id"] for line in ledger(shell)] == [row["id"]]
    assert sum("already booked: " not in out for out, _ in outputs) == 1
    page = (shell.docs / "HANDOFF.md").read_text()
    assert page.count("<!-- burnbook:begin -->") == page.count("| plan | main |") == 1
    # In a git repository there is churn as well.
    assert {path.name for path in shell.docs.rglob("*")} - {CHURN} == {
        *("HANDOFF.md", "Ledgers", TOKENS)
    }
    shell.ok("check")


def test_many_agents_at_once_lose_nothing(shell: Shell) -> None:
    start(shell)
    agents = [f"a{number}" for number in range(12)]
    words = ("checkpoint", "W0-CHN", "--phase", "mid", "--actual", "5", *SOON)
    many = [shell.start(*words, "--agent", agent) for agent in agents]
    outputs = [process.communicate(timeout=120) for process in many]
    assert [process.returncode for process in many] == [0] * 12, outputs
    rows = {line["agent"]: line["tokens_actual"] for line in ledger(shell)}
    # The row of the window is unknown, because main shows meters and has no checkpoint.
    assert rows == dict.fromkeys(agents, "5") | {"": ""}
    page = (shell.docs / "HANDOFF.md").read_text()
    assert all(f"| mid | {agent} |" in page for agent in agents)


def test_the_same_book_and_moment_give_the_same_page(shell: Shell) -> None:
    start(shell)
    telemetry = shell.book.parent / "usage.jsonl"
    line = '{"ts":"2026-11-22T09:30:00Z","rid":"%s","lane":"%s","model":"m","status":200,%s}\n'
    tokens = '"input_tokens":70,"output_tokens":7,"latency_ms":5'
    rows = [line % (rid, lane, tokens) for rid in ("f1", "f2") for lane in ("baseline", "glm")]
    telemetry.write_text("".join(rows))
    shell.ok("ingest", "proxy-telemetry", "--window", "W0-CHN", "--file", str(telemetry))
    words = ("checkpoint", "W0-CHN", "--plan", "200000", "--at", "2026-11-22T13:00")
    assert "actual 308, delta -199,692" in shell.ok(*words)
    page = (shell.docs / "HANDOFF.md").read_bytes()
    assert b"### Decision: NO-GO" in page
    assert b"\n| f1 | 77 | 77 | 0 |" in page
    (shell.docs / "HANDOFF.md").unlink()
    shell.ok(*words)
    assert (shell.docs / "HANDOFF.md").read_bytes() == page


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("HANDOFF.md", "<!-- burnbook:begin -->", "has 1 <!-- burnbook:begin --> and 0"),
        (f"Ledgers/{TOKENS}", "date;task\n", "valid: date,session_id,task,"),
        (f"Ledgers/{CHURN}", "day,window\n", "valid: date,window,provider,"),
    ],
)
def test_a_page_that_cannot_be_written_is_refused_before_anything_is_booked(
    shell: Shell, name: str, text: str, message: str
) -> None:
    start(shell)
    before = shell.tree()
    (shell.docs / "Ledgers").mkdir(parents=True)
    (shell.docs / name).write_text(text)
    assert message in shell.fails(65, "checkpoint", "W0-CHN", *SOON)
    assert shell.tree() == before
    assert [p.read_text() for p in shell.docs.rglob("*") if p.is_file()] == [text]


def test_a_page_that_cannot_be_written_after_booking_is_healed_by_the_next_run(
    shell: Shell,
) -> None:
    start(shell)
    (shell.docs / "Ledgers").mkdir(parents=True)
    (shell.docs / ".HANDOFF.md.tmp").mkdir()
    message = shell.fails(74, "checkpoint", "W0-CHN", *SOON)
    assert "the rows are booked; run it again to update the pages" in message
    assert len(shell.rows("checkpoints")) == len(ledger(shell)) == 1
    (shell.docs / ".HANDOFF.md.tmp").rmdir()
    assert "already booked" in shell.ok("checkpoint", "W0-CHN", *SOON)
    assert len(shell.rows("checkpoints")) == len(ledger(shell)) == 1
    assert (shell.docs / "HANDOFF.md").exists()


@pytest.mark.parametrize("number", ["-1", str(2**53 + 1), str(2**80)])
def test_tokens_are_bounded(shell: Shell, number: str) -> None:
    for flag in ("--plan", "--actual"):
        assert f"{flag} is {number}; valid: 0 to" in shell.fails(
            2, "checkpoint", "W0-CHN", f"{flag}={number}"
        )
    assert not shell.book.exists()


def test_an_unknown_window_is_missing_and_makes_nothing(shell: Shell) -> None:
    assert "neither declared nor in the book" in shell.fails(66, "checkpoint", "W9")
    assert not shell.book.exists()
    assert not shell.docs.exists()


def test_ledgers_are_those_of_the_config_whichever_the_book(shell: Shell) -> None:
    shell.ok("checkpoint", "W0-CHN", "--actual", "1")
    shell.ok("checkpoint", "W0-CHN", "--actual", "2", "--data-dir", str(shell.book) + "2")
    assert [line["tokens_actual"] for line in ledger(shell)] == ["1", "2"]


def test_secrets_and_formulas_do_not_arrive_as_such(shell: Shell) -> None:
    shell.ok("checkpoint", "W0-CHN", "--task", "=1+1", "--notes", "@mail ada@example.com\n-->")
    [line] = ledger(shell)
    assert line["task"] == "'=1+1"
    assert line["notes"].startswith(r"'@mail [email]\n-->; decision=missing-commit-range")
    assert "'" not in shell.rows("checkpoints")[0]["task"]
