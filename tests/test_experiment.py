"""Experiments: the sequence, the intervals, and where outcomes come from."""

from datetime import UTC
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from burnbook import extras
from burnbook.base.errors import Missing
from burnbook.book import codec
from burnbook.book.book import Book
from burnbook.config.loader import Config
from burnbook.context import Context
from burnbook.insight.experiment.method import sequence
from burnbook.report.datasets import experiments
from burnbook.report.period import Period
from burnbook.report.scene import Scene
from burnbook.store.store import Store
from conftest import Shell, codex
from team_of_hosts import Machine

extras.use("insight", "experiment")
import numpy as np  # noqa: E402
from burnbook.insight.experiment.method import bounded_interval, ratio_interval  # noqa: E402
from scipy import integrate, stats  # noqa: E402

PLAN = ("new", "one", "--question", "Q", "--arm", "a", "--arm", "b", "--seed", "1")
PASS = (*PLAN, "--metric", "pass", "--effect", "50%")
QUALITY = (*PLAN, "--metric", "quality", "--effect", "1", "--spread", "0.9")
TOKENS = (*PLAN, "--metric", "tokens", "--effect", "40%", "--spread", "1.2")


SCORE = ("--metric", "charm", "--scale", "score", "--spread", "0.9")


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--metric", "quality", "--effect", "1e-300", "--spread", "1"), "--effect is 1e-300"),
        (("--metric", "quality", "--effect", "1", "--spread", "1e-300"), "--spread is 1e-300"),
        ((*SCORE, "--effect", "1", "--range", "0..1e308"), "--range is 0..1e308"),
        ((*SCORE, "--effect", "1", "--range=-1e308..1e308"), "--range is -1e308..1e308"),
        ((*SCORE, "--effect", "1e-321", "--range", "0..1e-320"), "--range is 0..1e-320"),
    ],
)
def test_numbers_that_no_computer_divides_by_are_refused(
    shell: Shell, flags: tuple[str, ...], message: str
) -> None:
    result = shell.run("experiment", *PLAN, *flags)
    assert (result.returncode, message in result.stderr) == (2, True), result.stderr


@pytest.mark.parametrize("arms", [("a", "b"), ("a", "b", "c"), tuple("abcdefgh")])
def test_every_block_has_every_arm_equally_often(arms: tuple[str, ...]) -> None:
    drawn = [*islice(sequence.arms(5, arms), 600 * len(arms))]
    sizes, at = [], 0
    while at < len(drawn) - 2 * len(arms):
        once, twice = (drawn[at : at + times * len(arms)] for times in (1, 2))
        times = 1 if len({*once}) == len(arms) and drawn[at:] != twice else 2
        block = once if times == 1 else twice
        assert {block.count(arm) for arm in arms} == {times}
        sizes.append(times)
        at += len(block)
    assert {*sizes} == {1, 2}
    assert drawn[:300] != [*islice(sequence.arms(6, arms), 300)]


def test_the_sequence_is_that_of_the_format() -> None:
    """A change of the sequence would give features of running experiments other arms."""
    assert "".join(islice(sequence.arms(1, "ab"), 12)) == "babbaaaabbba"


@pytest.mark.parametrize(("count", "scale"), [((7, 9), 0.5), ((40, 40), 1.0), ((5, 30), 2.0)])
def test_the_interval_ends_where_the_mixture_reaches_twenty(
    count: tuple[int, int], scale: float
) -> None:
    """The closed form against the integral over noncentral t distributions."""
    freedom = sum(count) - 2
    information = count[0] * count[1] / sum(count)
    figures = np.array(count), np.zeros(2), np.array([freedom / 2, freedom / 2])
    _, half = ratio_interval.difference(*figures, scale, 0.05)
    t = float(half) * information**0.5  # the pooled standard deviation is 1

    def weighted(effect: float) -> float:
        shifted: float = stats.nct.pdf(t, freedom, effect * information**0.5)
        return shifted * float(stats.norm.pdf(effect, scale=scale))

    mixture, _ = integrate.quad(weighted, -8 * scale, 8 * scale, limit=200)
    assert mixture / stats.t.pdf(t, freedom) == pytest.approx(20, rel=1e-3)


def test_a_mean_is_excluded_where_a_bet_would_have_won_forty_times_its_stake() -> None:
    values = np.array([0, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1.0])
    low, high = bounded_interval.interval(values, 0, 1, 0.05)
    capital = np.mean([np.cumprod(1 + u * (values / low - 1)) for u in bounded_interval.BETS], 0)
    assert capital.max() == pytest.approx(40)
    assert 0 < low < values.mean() < high <= 1
    shifted = bounded_interval.interval(10 + 4 * values, 10, 14, 0.05)
    assert shifted == pytest.approx((10 + 4 * low, 10 + 4 * high))


def report(shell: Shell) -> dict[str, Any]:
    [one] = shell.json("experiment", "report", "one")["experiments"]
    return one  # type: ignore[no-any-return]


def test_a_window_has_its_outcome_from_finalize(shell: Shell) -> None:
    shell.ok("experiment", *QUALITY)
    shell.ok("experiment", "assign", "one", "W0-CHN")
    start = ("snapshot", "start", "codex", "--window", "W0-CHN", "--at", "2026-11-22T09:00")
    shell.ok(*start, stdin=codex())
    assert report(shell)["balance"]["without_outcome"] == [{"feature": "W0-CHN", "arm": "b"}]
    shell.ok("finalize", "W0-CHN", "--quality", "4", "--at", "2026-11-22T12:00")
    assert report(shell)["balance"]["sources"] == {"finalize": 1}
    shell.ok("experiment", "record", "one", "W0-CHN", "--value", "2")
    assert report(shell)["balance"]["sources"] == {"record": 1}


def test_an_outcome_that_the_scale_does_not_allow_is_named_and_not_counted(shell: Shell) -> None:
    shell.ok("experiment", *QUALITY, "--range", "1..4")
    shell.ok("experiment", "assign", "one", "W0-CHN")
    start = ("snapshot", "start", "codex", "--window", "W0-CHN", "--at", "2026-11-22T09:00")
    shell.ok(*start, stdin=codex())
    shell.ok("finalize", "W0-CHN", "--quality", "5", "--at", "2026-11-22T12:00")
    shown = report(shell)
    expected = [{"feature": "W0-CHN", "arm": "b", "value": 5}]
    assert shown["balance"]["out_of_range"] == expected
    assert [arm["outcomes"] for arm in shown["arms"]] == [0, 0]
    text = shell.ok("experiment", "report", "one")
    assert "Outside the range of quality, not counted: W0-CHN (b, 5)" in text


def test_what_was_known_before_the_assignment_is_no_outcome(shell: Shell) -> None:
    shell.ok("experiment", *PASS)
    evidence = ("--capability", "F-1", "--runner", "x", "--result", "pass", "--artifact", __file__)
    shell.ok("evidence", "W0-CHN", *evidence, "--run", "r1")
    shell.ok("experiment", "assign", "one", "F-1")
    assert report(shell)["balance"]["sources"] == {}
    shell.ok("evidence", "W0-CHN", *evidence, "--run", "r2")
    assert report(shell)["balance"]["sources"] == {"evidence": 1}


def test_earlier_outcomes_give_the_assumptions(shell: Shell) -> None:
    shell.ok("experiment", *QUALITY)
    for number in range(24):
        shell.ok("experiment", "assign", "one", f"F-{number}")
        shell.ok("experiment", "record", "one", f"F-{number}", "--value", str(2 + number % 3))
    words = ("new", "two", "--question", "Q", "--arm", "a", "--arm", "b", "--metric", "quality")
    [entry] = shell.json("experiment", *words, "--effect", "1")["booked"]
    assert entry["row"]["assumed_from"] == "book"
    assert entry["row"]["baseline"] == pytest.approx(3, abs=0.5)
    assert entry["row"]["spread"] == pytest.approx(0.85, abs=0.2)


def test_equal_arms_end_without_a_difference(shell: Shell) -> None:
    shell.ok("experiment", *TOKENS)
    for number in range(24):
        shell.ok("experiment", "assign", "one", f"F-{number}")
        value = 1000 + 60 * (number % 7)
        shell.ok("experiment", "record", "one", f"F-{number}", "--value", str(value))
    [result] = report(shell)["comparisons"]
    assert (result["verdict"], result["needed"]) == ("no-difference", None)
    assert result["sentence"].startswith("no difference as large as 40%: b uses ")


def test_no_text_of_an_experiment_keeps_a_secret(shell: Shell) -> None:
    key = "sk-" + "ant-api03-Zq81xVw2Kd93mRt7"
    shell.ok("experiment", *PASS[:3], f"why {key}?", *PASS[4:], "--notes", key)
    shell.ok("experiment", "assign", "one", f"F {key}")
    shell.ok("experiment", "record", "one", f"F {key}", "--value", "pass", "--notes", key)
    rows = shell.rows("experiments")
    assert [row.get("notes") for row in rows] == ["[key]", None, "[key]"]
    assert rows[1]["feature"] == rows[2]["feature"] == "F [key]"


def test_of_two_plans_in_merged_books_the_first_counts(tmp_path: Path) -> None:
    laptop, desktop = Machine(tmp_path, "laptop"), Machine(tmp_path, "desktop")
    other = [word if word != "b" else "c" for word in PASS]
    for machine, words in ((laptop, PASS), (desktop, other)):
        machine.ok("experiment", *words)
        for number in range(4):
            machine.ok("experiment", "assign", "one", f"F-{machine.host}-{number}")
    desktop.ok("merge", str(laptop.book))
    [one] = desktop.json("experiment", "report", "one")["experiments"]
    assert [arm["arm"] for arm in one["arms"]] == ["a", "b"]
    assert one["balance"]["other_plans"] == 1
    assert one["balance"]["other_assignments"] == 3
    assert desktop.json("check")["ok"]


def test_the_id_of_an_assignment_is_its_feature() -> None:
    """So that a feature has one arm, also in merged books."""
    fields: dict[str, Any] = {"experiment": "one", "feature": "F", "assigned_at": codec.clock.now()}
    kind = codec.Assignment
    first, second = (codec.make(kind, arm=arm, number=n, **fields) for n, arm in enumerate("ab"))
    assert first.id == second.id


def test_the_chart_says_what_to_run_without_the_packages(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str, recipe: str) -> None:
        raise Missing(f"run ./just {recipe} once")

    shell.ok("experiment", *PASS)
    monkeypatch.setattr(extras, "use", missing)
    book, store = Book(str(shell.book)), Store(str(shell.book))
    ctx = Context(Config(str(shell.config)), book, store, "main", [])
    [row] = experiments.rows(Scene(ctx, Period("all days", UTC)))
    assert (row["experiment"], row["note"]) == ("one", "run ./just experiment once")
