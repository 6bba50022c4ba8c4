"""Which requests and readings are of one login, and so share the vendor's five-hour blocks."""

from collections.abc import Collection

from burnbook.config.accounts import usual_home
from burnbook.context import Context
from burnbook.rows.meters import Snapshot
from burnbook.rows.usage import MeterReading
from burnbook.windows import vendor_meters_store
from burnbook.windows.accounts.identity import Identities, identities


class BlockPools:
    """The pool of each request and reading: its tool, and its account or folder.

    What has neither is of the usual folder, or of the only one. `homes` are the tools and folders
    with requests. Panes of several accounts that nothing assigns to a folder have no pool, and a
    note names them.
    """

    def __init__(self, ctx: Context, homes: Collection[tuple[str, str]]) -> None:
        self._ctx, self._accounts, self._homes = ctx, ctx.config.accounts, homes
        self._identities: dict[str, Identities] = {}
        self._usual: dict[str, str | None] = {}

    def of_request(self, tool: str, home: str | None, agent: str | None) -> str:
        """The pool of a request."""
        return self._pool(tool, self._accounts.name(tool, home, agent))

    def of_reading(self, row: MeterReading) -> str:
        """The pool of a reading."""
        return self._pool(row.provider, self._accounts.name(row.provider, row.home, row.agent))

    def of_snapshot(self, row: Snapshot) -> str | None:
        """The pool of a pane; None if that is unknown."""
        known = self._identities.get(row.provider)
        if known is None:
            known = self._identities[row.provider] = identities(self._ctx, row.provider)
        account = known.of_row(row)
        if account.name in self._accounts.declared:
            return self._pool(row.provider, account.name)
        if row.home is not None:
            return self._pool(row.provider, row.home)
        if len(known.without_folder() - self._accounts.declared.keys()) > 1:
            self._note(row.provider)
            return None
        return self._pool(row.provider, None)

    def _note(self, provider: str) -> None:
        note = (
            f"panes of {provider} show several accounts, so they do not show when blocks began; "
            "declare the accounts, with agents and homes, in accounts.toml"
        )
        if note not in self._ctx.notes:
            self._ctx.notes.append(note)

    def _pool(self, tool: str, account: str | None) -> str:
        account = account or self._usual_account(tool)
        return tool if account is None else f"{tool} {account}"

    def _usual_account(self, tool: str) -> str | None:
        if tool not in self._usual:
            label = self._accounts.label(tool, usual_home(tool), None)
            used = {home for name, home in self._homes if name == tool}
            used.update(vendor_meters_store.homes(self._ctx.store, tool))
            others = [home for home in used if self._accounts.label(tool, home, None) is None]
            only = others[0] if len(others) == 1 else usual_home(tool)
            self._usual[tool] = label or only
        return self._usual[tool]
