"""Reads what a tab shows, from the book as it is now."""

import time
from typing import Any, NamedTuple

from burnbook.book.changes import fingerprint
from burnbook.context import Context, note_damage, reopened
from burnbook.followed import hosts
from burnbook.live import tabs
from burnbook.live.scene import LiveScene
from burnbook.times import clock

_PAUSE = 24  # a tab that took a second is read again after so many, so 4% of a core at most


class View(NamedTuple):
    """What a tab read: `version` changes with the book and with each minute.

    `seconds` is the processor time that reading took, `at` is when it ended (`time.monotonic`).
    """

    version: Any
    scene: LiveScene
    values: dict[str, Any]
    notes: list[str]
    seconds: float
    at: float

    def is_due(self) -> bool:
        """Whether it may be read again."""
        return time.monotonic() - self.at > _PAUSE * self.seconds


class Reader:
    """Reads the tabs of a book for a window (None: the current one)."""

    def __init__(self, ctx: Context, window: str | None) -> None:
        self._ctx = ctx
        self._window = window

    def version(self) -> Any:
        """Changes with the book and with each minute; it is cheap."""
        minute = None if clock.is_given() else int(clock.now().timestamp() // 60)
        return minute, fingerprint(self._ctx.book.root)

    def read(self, name: str) -> View:
        """Read a tab, in any thread."""
        own, version, began = reopened(self._ctx), self.version(), time.thread_time()
        try:
            scene = LiveScene(own, self._window)
            values = tabs.load(name).values(scene)
            own.notes.extend(hosts.warnings(own))
            note_damage(own)
            seconds = time.thread_time() - began
            return View(version, scene, values, own.notes, seconds, time.monotonic())
        finally:
            own.store.close()
