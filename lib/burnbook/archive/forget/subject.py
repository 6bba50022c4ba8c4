"""What is to be forgotten, and what of it the rows have: sessions, branches, folders, panes."""

from collections.abc import Mapping, Sequence

import msgspec

from burnbook.archive.forget import texts
from burnbook.book import salt

GONE = "[forgotten]"
"""In place of a text that is about the subject as a whole: notes, and refused lines."""


class Subject(msgspec.Struct):
    """A project, an account, a session or words, with what the book has of it.

    `projects` are directories as rows have them; those below them belong to them. `branches` are
    those that no other project has, so that sums by branch stay the same. `accounts` are all names
    of an account: its label, hashes and folders. `homes` are its folders, and `snapshots` and
    `readings` the ids of rows that show it. `repositories` are names in churn and commits.
    """

    kind: str
    name: str
    words: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    sessions: set[str] = set()
    branches: set[str] = set()
    accounts: set[str] = set()
    homes: set[str] = set()
    snapshots: set[str] = set()
    readings: set[str] = set()
    repositories: set[str] = set()

    def has_project(self, project: str | None) -> bool:
        """Whether a project of a row is the subject, or in a directory below it."""
        if project is None:
            return False
        return any(project == own or project.startswith(f"{own}/") for own in self.projects)

    @property
    def shown(self) -> str:
        """The subject for people, such as `project ~/src/app`."""
        names = [f"{self.kind} {self.name}"] if self.name else []
        return " and ".join([*names, *(f"the word {word!r}" for word in self.words)])


class Pseudonyms:
    """The names in place of forgotten texts: the same text has the same name in a whole book.

    With `is_dry`, a book without a salt gets none, and names that are not final.
    """

    def __init__(self, root: str, *, is_dry: bool = False) -> None:
        self._root = root
        self._has_key = not is_dry or salt.exists(root)
        self._known: dict[tuple[str, int], str] = {}

    def short(self, text: str) -> str:
        """The name for a project, a branch, an account or a word."""
        return self._name(text, salt.SHORT)

    def session(self, text: str) -> str:
        """The name for a session; longer, because a book has very many."""
        return self._name(text, salt.LONG)

    def _name(self, text: str, size: int) -> str:
        if salt.is_pseudonym(text):
            return text
        if (text, size) not in self._known:
            name = f"{salt.FORGOTTEN}{len(self._known):0{2 * size}x}"
            if self._has_key:
                name = salt.pseudonym(self._root, text, size)
            self._known[text, size] = name
        return self._known[text, size]


def texts_of(subject: Subject, names: Pseudonyms) -> texts.Texts:
    """The texts that name the subject wherever they are."""
    patterns: list[texts.Pattern] = []
    for project in subject.projects:
        if "/" in project:
            patterns += texts.of_path(project, names.short(project))
    account = names.short(subject.name) if subject.accounts else ""
    for home in _telling(subject.homes):
        patterns += texts.of_path(home, account)
    patterns += [texts.of_word(name, account) for name in _hashes(subject.accounts)]
    patterns += [texts.of_word(word, names.short(word)) for word in subject.words]
    tokens = {session: names.session(session) for session in subject.sessions}
    return texts.Texts(patterns, tokens)


_USUAL = frozenset(("~/.codex", "~/.claude"))


def _telling(homes: set[str]) -> Sequence[str]:
    """Folders that name an account: not those that everybody has."""
    paths = {home for home in homes if "/" in home and not salt.is_pseudonym(home)}
    return sorted(paths - _USUAL)


def _hashes(names: set[str]) -> Sequence[str]:
    return sorted(n for n in names if len(n) == 8 and not n.strip("0123456789abcdef"))


def renamed(subject: Subject, names: Pseudonyms) -> Mapping[str, str]:
    """The pseudonym of the account by each of its names."""
    return dict.fromkeys(subject.accounts | subject.homes, names.short(subject.name))
