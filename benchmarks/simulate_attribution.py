"""Tests `attribute` on invented repositories whose truth is known, and prints what it gets right.

Branches with one or two agents and a person, merged, squashed or rebased; sessions that commit,
that leave it to a person, or that amend: `attribution_world.Settings` has how often. The second
part tests the intervals of lasting lines. Exits with 1 if a figure misses its target.

Example: .venv/bin/python benchmarks/simulate_attribution.py --accounts 1000
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "lib"), str(ROOT / "benchmarks")]

from attribution_world import DAY, START, Settings, World  # noqa: E402
from burnbook import extras  # noqa: E402
from burnbook.churn.git import Git, find  # noqa: E402
from burnbook.insight.attribution.join import GRADES, Joined, join  # noqa: E402
from burnbook.insight.attribution.repository.read import Reading, read_repository  # noqa: E402
from burnbook.insight.attribution.requests import Request  # noqa: E402
from burnbook.insight.whole_shares import divide  # noqa: E402

LEAST_PRECISION = 0.95  # of the tokens of grade A
LEAST_COVERAGE = 0.92  # of the intervals of lasting lines
INTERVALS = 400  # for each setting and number of commits
# Mean share of lines that are left; concentration of the beta distribution of commits (small: most
# have all of their lines or none); sigma of the lognormal sizes; how much less of a large one is
# left.
SHARES = (
    (0.85, 2.0, 1.0, 0.05),
    (0.8, 0.7, 1.2, 0.1),
    (0.95, 0.7, 1.0, 0.02),
    (0.05, 1.0, 1.2, 0.02),
)
COMMITS = (10, 20, 40, 100, 300)


class Score(NamedTuple):
    """Tokens of some requests: right and wrong ones by grade, unattributed ones, and all.

    `unequal` counts requests whose shares do not sum to their tokens, `too_early` those that have a
    commit which was made before they were sent.
    """

    right: tuple[int, ...]
    wrong: tuple[int, ...]
    unattributed: int
    total: int
    unequal: int
    too_early: int


class Figure(NamedTuple):
    """A figure, its target, and whether it holds."""

    name: str
    value: str
    target: str
    is_ok: bool


def score(world: World) -> Score:
    """Attributes the requests of a world, and compares the result with its truth."""
    location = find(str(world.folder))
    assert location is not None
    reading = read_repository(Git("app", location), START - 2 * DAY, lambda path: False)
    truths = world.truths
    results = join([each.request for each in truths], reading.changes, [], {"codex"})
    tokens: dict[tuple[str | None, bool], int] = {}
    unequal = too_early = 0
    for truth, result in zip(truths, results, strict=True):
        wanted = {world.hash_of[world.final[mark]] for mark in truth.marks}
        key = result.grade, {*result.commits} == wanted
        tokens[key] = tokens.get(key, 0) + truth.request.total
        unequal += _sum_of_shares(truth.request, result) != truth.request.total
        too_early += any(_is_before(reading, name, truth.sent) for name in result.commits)
    return Score(
        tuple(tokens.get((grade, True), 0) for grade in GRADES),
        tuple(tokens.get((grade, False), 0) for grade in GRADES),
        tokens.get((None, True), 0) + tokens.get((None, False), 0),
        sum(truth.request.total for truth in truths),
        unequal,
        too_early,
    )


def _sum_of_shares(request: Request, result: Joined) -> int:
    weights = [1] * max(1, len(result.commits))
    return sum(sum(divide(count, weights)) for count in request.tokens)


def _is_before(reading: Reading, name: str, sent: float) -> bool:
    """Whether a commit, as it is now, was made before a request was sent."""
    commit = reading.changes.history.commits[name]
    return max(commit.authored, commit.committed) < int(sent)


def simulate(count: int, seed: int, settings: Settings | None = None) -> Iterator[Score]:
    """The scores of some repositories."""
    for number in range(count):
        with tempfile.TemporaryDirectory() as folder:
            yield score(World(Path(folder), seed * 100_000 + number, settings or Settings()))


def attribution_figures(scores: Sequence[Score]) -> Iterator[Figure]:
    """The figures of the grades, with the targets of grade A and of the sums."""
    total = sum(each.total for each in scores)
    for index, grade in enumerate(GRADES):
        right = sum(each.right[index] for each in scores)
        whole = right + sum(each.wrong[index] for each in scores)
        precision = right / whole if whole else 1.0
        is_top = grade == "A"
        target = f"at least {LEAST_PRECISION:.0%}" if is_top else "-"
        is_ok = not is_top or precision >= LEAST_PRECISION
        value = f"{precision:.1%} right, of {whole / total:.1%} of all tokens"
        yield Figure(f"grade {grade}", value, target, is_ok)
    none = sum(each.unattributed for each in scores)
    yield Figure("unattributed", f"{none / total:.1%} of all tokens", "-", True)
    for name, problems in (
        ("requests whose shares do not sum to their tokens", [s.unequal for s in scores]),
        ("requests with a commit from before they were sent", [s.too_early for s in scores]),
    ):
        yield Figure(name, f"{sum(problems)}", "0", not any(problems))


def interval_figures(rounds: int, seed: int) -> Iterator[Figure]:
    """How often the interval of a share of lines has the true share."""
    import numpy as np
    from burnbook.insight.attribution.lasting import ratio_interval

    random = np.random.default_rng(seed)

    def draw(count: int, setting: tuple[float, ...]) -> tuple[Any, Any]:
        mean, concentration, sigma, slope = setting
        sizes = np.maximum(1, np.round(random.lognormal(3.5, sigma, count)))
        means = np.clip(mean - slope * np.tanh(np.log(sizes) - 3.5), 0.02, 0.98)
        shares = random.beta(means * concentration, (1 - means) * concentration)
        return random.binomial(sizes.astype(int), shares), sizes

    for setting in SHARES:
        left, sizes = draw(2_000_000, setting)
        truth = left.sum() / sizes.sum()
        for count in COMMITS:
            covered = 0
            for _ in range(rounds):
                left, sizes = draw(count, setting)
                weights = random.uniform(0.1, 1, count)
                pairs = list(zip(left * weights, sizes * weights, strict=True))
                _, low, high = ratio_interval(pairs, int(sizes.sum()))
                covered += bool(low <= truth <= high)
            # Three standard errors of the simulation itself are allowed.
            least = LEAST_COVERAGE - 3 * (LEAST_COVERAGE * (1 - LEAST_COVERAGE) / rounds) ** 0.5
            name = f"intervals of {truth:.0%} from {count} commits"
            coverage = covered / rounds
            target = f"at least {LEAST_COVERAGE:.0%}"
            yield Figure(name, f"{coverage:.1%} cover", target, coverage >= least)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints each figure, its target and whether it holds; the code is 1 if one does not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--accounts", type=int, default=200, metavar="N", help="repositories")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    flags = parser.parse_args(arguments)
    extras.use("insight", "attribute")
    scores = [*simulate(flags.accounts, flags.seed)]
    figures = [*attribution_figures(scores), *interval_figures(INTERVALS, flags.seed)]
    for each in figures:
        verdict = "" if each.target == "-" else "holds" if each.is_ok else "MISSED"
        print(f"{each.name:<50} {each.value:<42} {each.target:<14} {verdict}")
    return 0 if all(each.is_ok for each in figures) else 1


if __name__ == "__main__":
    raise SystemExit(main())
