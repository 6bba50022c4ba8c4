"""Types of config/accounts.toml, and which account an agent or an agent's folder belongs to."""

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated

import msgspec

from burnbook.base.clean_text import clean
from burnbook.base.files import without_home
from burnbook.config.toml_values import MAX_TEXT, Fault, TomlFolder, any_of
from burnbook.rows.meters import Id

FILE = "accounts.toml"
Providers = Callable[[], Iterable[str]]
FORGOTTEN = "forgotten-"  # begins what `forget` writes in place of a folder
# The folders of agents' programs: the variable that names another, and the usual one.
_HOMES = {"codex": ("CODEX_HOME", "~/.codex"), "claude": ("CLAUDE_CONFIG_DIR", "~/.claude")}


class Account(msgspec.Struct, frozen=True):
    """One account: a login at a provider.

    `agents` are the agents that use it, `homes` the folders of agents' programs that are logged in
    to it, such as `~/.codex-work` (CODEX_HOME, CLAUDE_CONFIG_DIR). `hashes` are the names that the
    account has in snapshots: each book has its own.
    """

    provider: str
    plan: Annotated[str, msgspec.Meta(max_length=200)] = ""
    usd_per_month: Annotated[float, msgspec.Meta(ge=0, le=1e6)] | None = None
    agents: tuple[Id, ...] = ()
    homes: tuple[Annotated[str, msgspec.Meta(min_length=1)], ...] = ()
    hashes: tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=64)], ...] = ()


class Accounts:
    """The declared accounts by label, in their order."""

    def __init__(self, declared: dict[str, Account]) -> None:
        self.declared = declared
        self._of_home: dict[str, str] = {}
        self._of_agent: dict[tuple[str, str], str] = {}
        for label, account in declared.items():
            for home in account.homes:
                self._of_home |= dict.fromkeys(known_as((home,)), label)
            for agent in account.agents:
                self._of_agent[account.provider, agent] = label

    def label(self, provider: str, home: str | None, agent: str | None) -> str | None:
        """Returns the account of a folder as rows have it, else that of an agent; else None.

        A folder is of the account that declares it, or the nearest folder above it. An account that
        declares folders has nothing that is known to be from another folder. A folder that was
        forgotten has no label.
        """
        if home is not None and home.startswith(FORGOTTEN):
            return None
        folder = home or ""
        while folder:
            if folder in self._of_home:
                return self._of_home[folder]
            folder = folder.rpartition("/")[0]
        label = self._of_agent.get((provider, agent or ""))
        if label is None or (home is not None and self.declared[label].homes):
            return None
        return label

    def homes(self, provider: str, agent: str) -> tuple[str, ...]:
        """Returns the folders that an agent's account declares."""
        label = self._of_agent.get((provider, agent))
        return () if label is None else self.declared[label].homes

    def name(self, tool: str, home: str | None, agent: str | None) -> str | None:
        """Returns the account of a request: its label, else the folder; None if neither is known.

        Folders without a label are kept apart, because each has a login of its own.
        """
        return self.label(tool, home, agent) or home


def given_home(provider: str) -> str | None:
    """Returns the folder that the environment names for a provider's program, as rows have it.

    None if it names none, several, or one that no row can have.
    """
    variable, _ = _HOMES.get(provider, ("", ""))
    path = os.environ.get(variable, "").strip()
    if not path.isprintable() or "," in path or not 0 < len(path) <= MAX_TEXT // 2:
        return None
    return as_booked(os.path.realpath(os.path.expanduser(path)))


def usual_home(provider: str) -> str | None:
    """Returns the folder of a provider's program where the environment names none."""
    return _HOMES.get(provider, ("", None))[1]


def as_booked(path: str) -> str:
    """Returns a folder as rows have it: the home folder written `~`, and without secrets."""
    return clean(without_home(path))


def read(folder: TomlFolder, providers: Providers | None) -> Accounts:
    """Returns config/accounts.toml, checked. With None for `providers`, any provider is valid."""
    raw = folder.read(FILE)
    folder.check_keys(FILE, "", raw, ("accounts",))
    declared = folder.tables(FILE, raw, "accounts", Account)
    for key, value, valid in _faults(declared, providers):
        folder.wrong(FILE, f"accounts.{key}", value, valid)
    return Accounts(declared)


def _faults(declared: dict[str, Account], providers: Providers | None) -> Iterator[Fault]:
    homes: dict[str, str] = {}
    agents: dict[tuple[str, str], str] = {}
    for label, account in declared.items():
        if providers is not None and account.provider not in providers():
            yield Fault(f"{label}.provider", account.provider, any_of(set(providers())))
        for number, home in enumerate(account.homes):
            key = f"{label}.homes[{number}]"
            if not os.path.isabs(home) and home.split("/", 1)[0] != "~":
                yield Fault(key, home, "an absolute path, or one that begins with ~/")
            for form in known_as((home,)):
                if homes.setdefault(form, label) != label:
                    yield Fault(key, home, f"a folder of one account ({homes[form]} has it)")
        for number, agent in enumerate(account.agents):
            other = agents.setdefault((account.provider, agent), label)
            if other != label:
                valid = f"an agent of one account of {account.provider} ({other} has it)"
                yield Fault(f"{label}.agents[{number}]", agent, valid)


def known_as(homes: Iterable[str]) -> list[str]:
    """Returns folders as rows may have them: as they are declared, and with links resolved."""
    paths = [os.path.normpath(os.path.expanduser(home)) for home in homes]
    return [as_booked(each) for path in paths for each in (path, os.path.realpath(path))]
