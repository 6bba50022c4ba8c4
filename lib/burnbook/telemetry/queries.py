"""The traffic of a window, from the store."""

from typing import TYPE_CHECKING

from burnbook.book import journal
from burnbook.store.store import Store

if TYPE_CHECKING:
    from burnbook.store.membership import Membership
    from burnbook.telemetry.traffic import Traffic

JOURNAL = "proxy_telemetry"


def window_traffic(store: Store, window: str) -> "Traffic | None":
    """The traffic of a window; None if there is none."""
    if not has_traffic(store, window):
        return None
    # Imported here, because only books with telemetry need it.
    from burnbook.telemetry.projection import telemetry
    from burnbook.telemetry.tables import stored_traffic

    return stored_traffic(store.view(telemetry(store.root)), window)


def has_traffic(store: Store, window: str) -> bool:
    """Whether a window has requests."""
    if not journal.size(journal.path_of(store.root, JOURNAL)):
        return False
    from burnbook.telemetry.projection import telemetry

    rows = store.view(telemetry(store.root)).execute(
        "SELECT 1 FROM telemetry_windows WHERE window_id = ?", [window]
    )
    return rows.fetchone() is not None


def traffic_windows(store: Store) -> list[str]:
    """The windows that have requests."""
    if not journal.size(journal.path_of(store.root, JOURNAL)):
        return []
    from burnbook.telemetry.projection import telemetry

    rows = store.view(telemetry(store.root)).execute("SELECT window_id FROM telemetry_windows")
    return [window for (window,) in rows]


def requests_without_window(store: Store) -> int:
    """How many requests are in no window."""
    if not journal.size(journal.path_of(store.root, JOURNAL)):
        return 0
    from burnbook.telemetry import tables
    from burnbook.telemetry.projection import telemetry

    return tables.requests_without_window(store.view(telemetry(store.root)))


def membership(store: Store) -> "Membership":
    """The windows of requests that name none."""
    from burnbook.store import membership
    from burnbook.telemetry.projection import telemetry
    from burnbook.telemetry.tables import NAME

    return membership.load(store.view(telemetry(store.root)), NAME)
