"""Which account a snapshot or a reading of meters is of. Derived when reading.

A snapshot's account is the label of the agent's folder or of the agent in accounts.toml, else the
hash of what its pane shows, else the last known account of the agent, else the agent itself, which
means unknown. Two agents that show the same hash share the account, also if only one of them has a
label.

A reading's account is the label of its folder, else that of snapshots with this folder. Without
either, the readings of the usual folder, or of the only one, are of the account of the agent that
booked them, or of the only account of the provider. All others have an account of their own.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from burnbook.config.accounts import Accounts, usual_home
from burnbook.context import Context
from burnbook.rows.meters import AccountFrom, Snapshot
from burnbook.store.store import Store
from burnbook.windows import vendor_meters_store
from burnbook.windows.booked.pairs import Entry, Pair
from burnbook.windows.snapshot_index import SnapshotIndex, snapshot_index
from burnbook.windows.vendor_meters_store import Source


class Account(Struct, frozen=True):
    """The name of an account (a label, a hash, a folder or an agent), and how it is known."""

    name: str
    known_from: AccountFrom

    @property
    def is_known(self) -> bool:
        """Whether it is more than the name of the agent."""
        return self.known_from != "agent"


class Identities:
    """The accounts of one provider in a book; `entries` are its snapshots, in the order of time."""

    def __init__(
        self, accounts: Accounts, index: SnapshotIndex, store: Store, provider: str
    ) -> None:
        self._accounts, self._provider = accounts, provider
        self.entries = index.of_provider(provider)
        self._usual = usual_home(provider)
        unlabelled = [
            home
            for home in vendor_meters_store.homes(store, provider)
            if accounts.label(provider, home, None) is None
        ]
        self._only_home = unlabelled[0] if len(unlabelled) == 1 else None
        self._hash_labels = self._labels_of_hashes()
        shown = [entry for entry in self.entries if entry.account is not None]
        self._hash_of_home = {entry.home: entry.account for entry in reversed(shown) if entry.home}
        self._known_of_agent: dict[str, list[Entry]] = {}
        for entry in self.entries:
            if self._shown(entry) is not None:
                self._known_of_agent.setdefault(entry.agent, []).append(entry)
        self._owners: dict[Source, str | list[Entry]] = {}

    def of_snapshot(self, entry: Entry, host: str | None = None) -> Account:
        """The account of a snapshot. `host` is the one whose snapshots may show it; None: any."""
        shown = self._shown(entry) or self._last_known(entry, host)
        if shown is not None:
            return shown
        label = self._accounts.label(self._provider, entry.home or self._usual, None)
        if label is not None:
            return Account(label, "label")
        return Account(entry.home or entry.agent, "home" if entry.home else "agent")

    def of_pair(self, pair: Pair, entry: Entry) -> Account:
        """The account of a snapshot of a pair; of its host alone, if hosts matter."""
        if pair.host is None:
            return self.of_snapshot(entry)
        account = self.of_snapshot(entry, pair.host)
        return account if account.is_known else replace(account, name=pair.agent)

    def _shown(self, entry: Entry) -> Account | None:
        """The account by a snapshot's label, hash or folder; None if it has none of them."""
        label = self._accounts.label(self._provider, entry.home, entry.agent)
        if label is not None:
            return Account(label, "label")
        of_home = self._hash_of_home.get(entry.home or "")
        known = entry.account or of_home
        if known is None:
            return None
        source: AccountFrom = "pane" if entry.account else "home"
        return Account(self._hash_labels.get(known, known), source)

    def of_row(self, row: Snapshot) -> Account:
        """The account of a snapshot that counts."""
        return self.of_snapshot(next(entry for entry in self.entries if entry.id == row.id))

    def without_folder(self) -> set[str]:
        """The known accounts of the snapshots whose folder is unknown."""
        accounts = [self.of_snapshot(entry) for entry in self.entries if entry.home is None]
        return {account.name for account in accounts if account.is_known}

    def of_reading(self, source: Source, moment: datetime) -> str | None:
        """The name of the account of a reading; None while the agent changes its account."""
        if source not in self._owners:
            self._owners[source] = self._owner(source)
        owner = self._owners[source]
        return owner if isinstance(owner, str) else self._at(owner, moment)

    def _owner(self, source: Source) -> str | list[Entry]:
        """The account of all readings of a source, or the snapshots that show it by time."""
        home, agent = source
        label = self._accounts.label(self._provider, home, agent)
        if label is None and home is None:
            label = self._accounts.label(self._provider, self._usual, None)
        if label is not None:
            return label
        same_home = [entry for entry in self.entries if home and entry.home == home]
        if same_home:
            return same_home
        if home in (None, self._usual, self._only_home):
            plain = [entry for entry in self.entries if entry.home is None]
            own = [entry for entry in plain if entry.agent == agent]
            if own:
                return own
            names = {self.of_snapshot(entry).name for entry in plain}
            if len(names) == 1:
                return names.pop()
        return home or agent or ""

    def _at(self, entries: Sequence[Entry], moment: datetime) -> str | None:
        """The account at a moment, which the snapshots before and after it must agree on."""
        at = bisect_right(entries, moment, key=lambda entry: entry.captured_at)
        near = [self.of_snapshot(entry) for entry in entries[max(0, at - 1) : at + 1]]
        names = {account.name for account in near if account.is_known} or {near[0].name}
        return names.pop() if len(names) == 1 else None

    def _last_known(self, entry: Entry, host: str | None) -> Account | None:
        """The account that the agent showed last before a snapshot, not of another folder."""
        known = self._known_of_agent.get(entry.agent, [])
        known = known if host is None else [other for other in known if other.host == host]
        at = bisect_right(known, entry.captured_at, key=lambda other: other.captured_at)
        if not at:
            return None
        last, shown = known[at - 1], self._shown(known[at - 1])
        is_other = entry.home is not None and last.home not in (None, entry.home)
        return None if is_other or shown is None else replace(shown, known_from="last-known")

    def _labels_of_hashes(self) -> dict[str, str]:
        """The label of each hash that snapshots of labelled agents and folders show."""
        by_account = {
            account: {label}
            for label, declared in self._accounts.declared.items()
            if declared.provider == self._provider
            for account in declared.hashes
        }
        for home, agent, account in {(e.home, e.agent, e.account) for e in self.entries}:
            label = self._accounts.label(self._provider, home, agent)
            if account is not None and label is not None:
                by_account.setdefault(account, set()).add(label)
        return {account: labels.pop() for account, labels in by_account.items() if len(labels) == 1}


def identities(ctx: Context, provider: str) -> Identities:
    """The accounts of a provider in the book."""
    return Identities(ctx.config.accounts, snapshot_index(ctx), ctx.store, provider)
