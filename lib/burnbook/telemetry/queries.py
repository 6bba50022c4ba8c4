"""The traffic of a window, from the store."""

from typing import TYPE_CHECKING

from burnbook.book import journal
from burnbook.store.store import Store

if TYPE_CHECKING:
    from burnbook.telemetry.traffic import Traffic

JOURNAL = "proxy_telemetry"


def window_traffic(store: Store, window: str) -> "Traffic | None":
    """The traffic of a window, of requests without a window for ''; None if there is none."""
    if not has_traffic(store, window):
        return None
    # Imported here, because only books with telemetry need it.
    from burnbook.telemetry.projection import TELEMETRY
    from burnbook.telemetry.tables import stored_traffic

    return stored_traffic(store.view(TELEMETRY), window)


def has_traffic(store: Store, window: str) -> bool:
    """Whether a window has requests."""
    if not journal.size(journal.path_of(store.root, JOURNAL)):
        return False
    from burnbook.telemetry.projection import TELEMETRY

    rows = store.view(TELEMETRY).execute(
        "SELECT 1 FROM telemetry_windows WHERE window_id = ?", [window]
    )
    return rows.fetchone() is not None


def traffic_windows(store: Store) -> list[str]:
    """The windows that have requests."""
    if not journal.size(journal.path_of(store.root, JOURNAL)):
        return []
    from burnbook.telemetry.projection import TELEMETRY

    rows = store.view(TELEMETRY).execute(
        "SELECT window_id FROM telemetry_windows WHERE window_id != ''"
    )
    return [window for (window,) in rows]
