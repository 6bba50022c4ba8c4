"""Invents git repositories with requests of agents, and the truth: what became which commit."""

import os
import random
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from burnbook.insight.attribution.requests import Request

START = 1_790_000_000  # epoch seconds
HOUR, DAY = 3600, 86_400
NULL = "0" * 40
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


class PlannedCommit(NamedTuple):
    """A commit as it was first made: moment, message, the file that it changes, its mark."""

    at: int
    committed: int
    message: str
    path: str
    text: str
    mark: int

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.message.partition("\n")[0]


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
        self.commits: list[PlannedCommit] = []
        self.truths: list[Truth] = []
        self._serial = 0
        agents = 2 if draw.random() < settings.two_agents else 1
        for agent in range(agents):
            self._session(f"{number:04}-session-{agent}", start + draw.randrange(HOUR))
        self.commits.sort()
        self.end = max((commit.committed for commit in self.commits), default=start)

    def _commit(self, at: int, committed: int, trailer: str = "") -> int:
        self._serial += 1
        mark = self.number * 1000 + self._serial
        subject = f"Change part {mark} of {self.draw.choice(('parser', 'page', 'lock'))}"
        message = f"{subject}\n\n{trailer}" if trailer else subject
        path = f"src/{self.name}_{self._serial % 3}.py"
        lines = self.draw.randrange(3, 40)
        text = "".join(f"v{mark}_{n} = {self.draw.randrange(999)}\n" for n in range(lines))
        self.commits.append(PlannedCommit(at, committed, message, path, text, mark))
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
                marks = tuple(self._commit(commit, end, trailer) for commit, end in pairs)
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
    """An invented repository in a folder, with the truth of its requests.

    `final` has, for the mark of each commit, that of the commit in which it lasts, and `hash_of`
    the hashes by mark. The marks of copies are greater than a million.
    """

    def __init__(self, folder: Path, seed: int, settings: Settings) -> None:
        self.draw = random.Random(seed)  # noqa: S311 - not for cryptography
        self.settings, self.folder = settings, folder
        self.works = []
        at = START
        for number in range(1, settings.branches + 1):
            self.works.append(Work(self.draw, settings, number, at))
            at += self.draw.randrange(2 * HOUR, DAY)
        self.final: dict[int, int] = {}
        self.has_reflog = self.draw.random() < settings.reflog
        self._tip, self._copies = 1, 1_000_000
        self.hash_of = self._create()

    @property
    def truths(self) -> list[Truth]:
        """All requests in order of time."""
        return sorted(each for work in self.works for each in work.truths)

    def _create(self) -> dict[int, str]:
        self._git("init", "--quiet", "--initial-branch=main", ".")
        marks = self.folder / "marks"
        stream = "".join(self._stream())
        self._git("fast-import", "--quiet", f"--export-marks={marks}", data=stream)
        lines = [line.split() for line in marks.read_text("utf-8").splitlines()]
        hashes = {int(mark[1:]): name for mark, name in lines}
        if self.has_reflog:
            log = self.folder / ".git" / "logs" / "HEAD"
            log.parent.mkdir(exist_ok=True)
            entry = f"{NULL} %s {PERSON} {START} +0000\tcommit: a change\n"
            log.write_text("".join(entry % name for name in hashes.values()), "utf-8")
        return hashes

    def _git(self, *words: str, data: str = "") -> None:
        subprocess.run(
            ["git", "-C", str(self.folder), *words],
            input=data.encode(),
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder)},
            capture_output=True,
            check=True,
        )

    def _stream(self) -> Iterator[str]:
        """The input of `git fast-import`."""
        start = PlannedCommit(START - DAY, START - DAY, "Start", "README", "x\n", 1)
        yield _commit("main", start, PERSON, None)
        for work in sorted(self.works, key=lambda each: (each.end, each.number)):
            before = self._tip
            for commit in work.commits:
                yield _commit(work.name, commit, PERSON, before)
                before = self.final[commit.mark] = commit.mark
            if work.commits:
                yield from self._merge(work, work.end + self.draw.randrange(300, 2 * DAY))
                if self.draw.random() < self.settings.deleted:
                    yield f"reset refs/heads/{work.name}\nfrom {NULL}\n\n"

    def _merge(self, work: Work, at: int) -> Iterator[str]:
        way = self.draw.random()
        last = work.commits[-1]
        files = [(commit.path, commit.text) for commit in work.commits]
        self._copies += 1
        if way < self.settings.squash:
            message = f"Add {work.name} (#{work.number})"
            if self.draw.random() < self.settings.lists:
                message += "".join(f"\n\n* {commit.subject}" for commit in work.commits)
            squash = PlannedCommit(at, at, message, "", "", self._copies)
            yield _commit("main", squash, SERVER, self._tip, files)
            self.final |= dict.fromkeys((commit.mark for commit in work.commits), self._copies)
        elif way < self.settings.squash + self.settings.rebase:
            for second, commit in enumerate(work.commits):
                self._copies += second > 0
                copy = commit._replace(committed=at + second, mark=self._copies)
                yield _commit("main", copy, PERSON, self._tip)
                self.final[commit.mark] = self._tip = self._copies
        else:
            message = f"Merge pull request #{work.number} from ada/{work.name}"
            merge = PlannedCommit(at, at, message, "", "", self._copies)
            yield _commit("main", merge, SERVER, self._tip, files, last.mark)
        self._tip = self._copies


def _commit(
    branch: str,
    commit: PlannedCommit,
    committer: str,
    parent: int | None,
    files: Sequence[tuple[str, str]] = (),
    merged: int | None = None,
) -> str:
    text = f"commit refs/heads/{branch}\nmark :{commit.mark}\nauthor {PERSON} {commit.at} +0000\n"
    text += f"committer {committer} {commit.committed} +0000\n{_data(commit.message)}"
    text += f"from :{parent}\n" if parent else ""
    text += f"merge :{merged}\n" if merged else ""
    for path, content in files or [(commit.path, commit.text)]:
        text += f"M 644 inline {path}\n{_data(content)}"
    return f"{text}\n"


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}\n"
