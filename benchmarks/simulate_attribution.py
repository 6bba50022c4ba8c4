"""Tests `attribute` on invented repositories whose truth is known: which request became which commit.

Branches with one or two agents and a person, merged, squashed or rebased; sessions that commit, that
leave it to a person, or that amend. The second part tests the intervals of lasting lines. Prints
each figure with its target, and exits with 1 if one misses it.

Example: .venv/bin/python benchmarks/simulate_attribution.py --accounts 200
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "lib"))

from burnbook import extras  # noqa: E402
from burnbook.churn.git import Git, find  # noqa: E402
from burnbook.insight.attribution.join import join  # noqa: E402
from burnbook.insight.attribution.repository.read import Reading, read_repository  # noqa: E402
from burnbook.insight.attribution.requests import Request  # noqa: E402
from burnbook.insight.attribution.shares import divide  # noqa: E402

START = 1_790_000_000  # epoch seconds
HOUR, DAY = 3600, 86_400
PERSON = "Ada <ada@example.com>"
SERVER = "GitHub <noreply@github.com>"


class Settings(NamedTuple):
    """How often each thing happens in an invented repository. Probabilities are 0 to 1."""

    branches: int = 24
    two_agents: float = 0.4  # on one branch, at the same time
    totals: float = 0.4  # sessions whose log writes a request after its commands ran (Codex)
    person_commits: float = 0.5  # commits of a person for each commit of an agent
    leaves_it: float = 0.15  # sessions that never commit; a person commits their work
    fails: float = 0.06  # `git commit` commands without a commit
    amends: float = 0.08
    twice: float = 0.06  # requests that make two commits
    slow: float = 0.1  # commits that take 20 to 200 s, as with hooks
    unknown: float = 0.05  # sessions whose rows have no `git_commits`
    trailer: float = 0.5  # commits of agents that name the tool
    squash: float = 0.4
    rebase: float = 0.3  # else a merge commit
    lists: float = 0.6  # squash commits whose body lists the subjects
    reflog: float = 0.5  # repositories in which reflogs keep what was rebased or squashed
    deleted: float = 0.7  # branches whose reference is gone after they are merged


class Made(NamedTuple):
    """A commit as it was first made: moment, message, the file that it changes, its mark."""

    at: int
    committed: int
    message: str
    path: str
    text: str
    mark: int


class Truth(NamedTuple):
    """A request, when it was sent, and the marks of the commits that it became."""

    request: Request
    sent: float
    marks: tuple[int, ...]


class Work:
    """What happens on one branch: requests of agents, and commits of them and of a person."""

    def __init__(self, draw: random.Random, settings: Settings, number: int, start: int) -> None:
        self.draw, self.settings = draw, settings
        self.name, self.number = f"feature-{number}", number
        self.commits: list[Made] = []
        self.truths: list[Truth] = []
        self._serial = 0
        agents = 2 if draw.random() < settings.two_agents else 1
        for agent in range(agents):
            self._session(f"{number:04}-session-{agent}", start + draw.randrange(HOUR))
        self.commits.sort()
        self.end = max((made.committed for made in self.commits), default=start)

    def _commit(self, at: int, committed: int, trailer: str = "") -> int:
        self._serial += 1
        mark = self.number * 1000 + self._serial
        subject = f"Change part {mark} of {self.draw.choice(('parser', 'page', 'lock'))}"
        message = f"{subject}\n\n{trailer}" if trailer else subject
        path = f"src/{self.name}_{self._serial % 3}.py"
        lines = self.draw.randrange(3, 40)
        text = "".join(f"v{mark}_{n} = {self.draw.randrange(999)}\n" for n in range(lines))
        self.commits.append(Made(at, committed, message, path, text, mark))
        return mark

    def _session(self, session: str, start: int) -> None:
        draw, settings = self.draw, self.settings
        is_totals = draw.random() < settings.totals
        tool = "codex" if is_totals else "claude"
        is_known = draw.random() >= settings.unknown
        leaves_it = draw.random() < settings.leaves_it
        at = float(start)
        waiting: list[tuple[Request, float]] = []
        for _ in range(draw.randrange(1, 5)):
            for _ in range(draw.randrange(2, 25)):
                sent, at = at, at + draw.lognormvariate(3.5, 0.8)
                waiting.append((self._request(at, tool, session, 0 if is_known else None), sent))
            if leaves_it:
                continue
            sent, at = at, at + draw.lognormvariate(3.0, 0.5)
            count = 2 if draw.random() < settings.twice else 1
            is_slow = draw.random() < settings.slow
            took = draw.uniform(20, 200) if is_slow else draw.lognormvariate(0.5, 0.7)
            done = at + took
            failed = draw.random() < settings.fails
            logged = done + 0.3 if is_totals else at
            row = self._request(logged, tool, session, count if is_known else None)
            waiting.append((row, sent))
            if not failed:
                trailer = ""
                if draw.random() < settings.trailer:
                    trailer = f"Co-authored-by: {tool.title()} <noreply@example.com>"
                moments = [int(done) - (count - 1 - n) for n in range(count)]
                moments = [max(int(at), moment) for moment in moments]
                committed = moments[:]
                if count == 1 and draw.random() < settings.amends:
                    at = done + draw.lognormvariate(4.5, 0.5)
                    committed = [int(at + 2)]
                    extra = self._request(at + (2.5 if is_totals else 0), tool, session, 1)
                    waiting.append((extra, done))
                    done = at + 2
                pairs = zip(moments, committed, strict=True)
                marks = tuple(self._commit(made, end, trailer) for made, end in pairs)
                self.truths += [Truth(*each, marks) for each in waiting]
                waiting = []
            at = done + draw.lognormvariate(2.5, 1.0)
            while draw.random() < settings.person_commits / (1 + settings.person_commits):
                moment = int(at - draw.uniform(-2 * HOUR, HOUR))
                self._commit(moment, moment)
        if waiting and leaves_it:
            moment = int(at + draw.uniform(60, 2 * HOUR))
            mark = self._commit(moment, moment)
            self.truths += [Truth(*each, (mark,)) for each in waiting]
        else:  # the rest was never committed
            self.truths += [Truth(*each, ()) for each in waiting]

    def _request(self, at: float, tool: str, session: str, commits: int | None) -> Request:
        draw = self.draw
        tokens = (
            draw.randrange(5000),
            draw.randrange(90_000),
            draw.randrange(9000),
            1 + draw.randrange(2000),
        )
        return Request(
            *(at, tool, tool, session, "", "~/app", self.name, "model", None),
            *(commits, tokens, draw.randrange(10**18), True),
        )


class World:
    """An invented repository in a folder, with the truth of its requests."""

    def __init__(self, folder: Path, seed: int, settings: Settings) -> None:
        self.draw = random.Random(seed)  # noqa: S311 - not for cryptography
        self.settings, self.folder = settings, folder
        self.works = []
        at = START
        for number in range(1, settings.branches + 1):
            self.works.append(Work(self.draw, settings, number, at))
            at += self.draw.randrange(2 * HOUR, DAY)
        self.final: dict[int, int] = {}  # the mark of the commit in which each one lasts
        self.has_reflog = self.draw.random() < settings.reflog
        self._create()

    @property
    def truths(self) -> list[Truth]:
        """All requests in order of time."""
        return sorted(each for work in self.works for each in work.truths)

    def _create(self) -> None:
        stream = "".join(self._stream())
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder)}

        def git(*words: str, data: str = "") -> str:
            result = subprocess.run(
                ["git", "-C", str(self.folder), *words],
                input=data.encode(),
                env=environment,
                capture_output=True,
                check=True,
            )
            return result.stdout.decode()

        git("init", "--quiet", "--initial-branch=main", ".")
        git("fast-import", "--quiet", f"--export-marks={self.folder}/marks", data=stream)
        lines = (self.folder / "marks").read_text("utf-8").splitlines()
        self.hash_of = {int(m[1:]): name for m, name in (line.split() for line in lines)}
        if self.has_reflog:
            log = self.folder / ".git" / "logs" / "HEAD"
            log.parent.mkdir(exist_ok=True)
            null = "0" * 40
            entries = [
                f"{null} {name} {PERSON} {START} +0000\tcommit: it\n"
                for name in self.hash_of.values()
            ]
            log.write_text("".join(entries), "utf-8")

    def _stream(self) -> Iterator[str]:
        """The input of `git fast-import`: marks of copies are those of commits plus a million."""
        yield _commit("main", 1, START - DAY, START - DAY, PERSON, "Start", None, {"README": "x\n"})
        tip, copies = 1, 1_000_000
        for work in sorted(self.works, key=lambda each: (each.end, each.number)):
            draw, settings = self.draw, self.settings
            before = f":{tip}"
            fork = before
            for made in work.commits:
                yield _commit(
                    work.name,
                    made.mark,
                    made.at,
                    made.committed,
                    PERSON,
                    made.message,
                    before,
                    {made.path: made.text},
                )
                before = f":{made.mark}"
                self.final[made.mark] = made.mark
            merged = work.end + draw.randrange(300, 2 * DAY)
            way = draw.random()
            copies += 1
            if not work.commits:
                continue
            if way < settings.squash:
                files = {made.path: made.text for made in work.commits}
                body = "".join(f"\n* {made.message.splitlines()[0]}\n" for made in work.commits)
                message = f"Add {work.name} (#{work.number})"
                message += f"\n{body}" if draw.random() < settings.lists else ""
                yield _commit("main", copies, merged, merged, SERVER, message, f":{tip}", files)
                self.final |= dict.fromkeys((made.mark for made in work.commits), copies)
                tip = copies
            elif way < settings.squash + settings.rebase:
                for made in work.commits:
                    copies += 1
                    merged += 1
                    yield _commit(
                        "main",
                        copies,
                        made.at,
                        merged,
                        PERSON,
                        made.message,
                        f":{tip}",
                        {made.path: made.text},
                    )
                    self.final[made.mark] = copies
                    tip = copies
            else:
                message = f"Merge pull request #{work.number} from ada/{work.name}"
                files = {made.path: made.text for made in work.commits}
                yield _commit(
                    "main", copies, merged, merged, SERVER, message, f":{tip}", files, before
                )
                tip = copies
            is_merge = way >= settings.squash + settings.rebase
            if draw.random() < settings.deleted:
                yield f"reset refs/heads/{work.name}\nfrom {'0' * 40}\n\n"
            del fork, is_merge


def _commit(
    branch: str,
    mark: int,
    authored: int,
    committed: int,
    committer: str,
    message: str,
    parent: str | None,
    files: dict[str, str],
    merged: str | None = None,
) -> str:
    author = PERSON
    head = f"commit refs/heads/{branch}\nmark :{mark}\nauthor {author} {authored} +0000\n"
    head += f"committer {committer} {committed} +0000\ndata {len(message.encode())}\n{message}\n"
    head += f"from {parent}\n" if parent else ""
    head += f"merge {merged}\n" if merged else ""
    return (
        head
        + "".join(
            f"M 644 inline {path}\ndata {len(text)}\n{text}\n" for path, text in files.items()
        )
        + "\n"
    )


class Score(NamedTuple):
    """Tokens of requests by what their grade is and whether it is right, and two faults."""

    right: dict[str, int]
    wrong: dict[str, int]
    unattributed: int
    unequal: int
    too_early: int


def score(world: World) -> Score:
    """Attributes the requests of a world, and compares with its truth."""
    found = find(str(world.folder))
    assert found is not None
    reading = read_repository(Git("app", found), START - 2 * DAY, lambda path: False)
    truths = world.truths
    joined = join([each.request for each in truths], reading.changes, [], {"codex"})
    right = dict.fromkeys("ABC", 0)
    wrong = dict.fromkeys("ABC", 0)
    unattributed = unequal = too_early = 0
    for truth, result in zip(truths, joined, strict=True):
        total = truth.request.total
        if result.grade is None:
            unattributed += total
            continue
        wanted = {world.hash_of[world.final[mark]] for mark in truth.marks}
        is_right = set(result.commits) == wanted
        (right if is_right else wrong)[result.grade] += total
        parts = [divide(count, [1] * len(result.commits)) for count in truth.request.tokens]
        unequal += sum(map(sum, parts)) != total
        too_early += any(_is_before(reading, name, truth.sent) for name in result.commits)
    return Score(right, wrong, unattributed, unequal, too_early)


def _is_before(reading: Reading, name: str, sent: float) -> bool:
    """Whether a commit and all its copies were made before a request was sent."""
    commits = reading.changes.history.commits
    return max(commits[name].authored, commits[name].committed) < int(sent)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--accounts", type=int, default=200, metavar="N", help="repositories")
    parser.add_argument("--seed", type=int, default=1)
    flags = parser.parse_args(arguments)
    extras.use("insight", "attribute")
    scores = list(simulate(flags.accounts, flags.seed, Settings()))
    for grade in "ABC":
        right = sum(s.right[grade] for s in scores)
        wrong = sum(s.wrong[grade] for s in scores)
        print(grade, right, wrong, right / max(1, right + wrong))
    print(
        "un",
        sum(s.unattributed for s in scores),
        "unequal",
        sum(s.unequal for s in scores),
        "early",
        sum(s.too_early for s in scores),
    )
    return 0


def simulate(count: int, seed: int, settings: Settings) -> Iterator[Score]:
    """The scores of some repositories."""
    for number in range(count):
        with tempfile.TemporaryDirectory() as folder:
            yield score(World(Path(folder), seed * 100_000 + number, settings))


if __name__ == "__main__":
    raise SystemExit(main())
