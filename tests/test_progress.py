"""The progress that is shown while journals are read."""

from typing import Any

import pytest
from burnbook.check import journals, whole_book
from burnbook.store import progress as store_progress
from conftest import Shell, codex


class Recorder:
    """Records what a progress bar would get."""

    def __init__(self, label: str, total: int) -> None:
        self.label, self.total, self.done, self.is_cleared = label, total, 0, False
        RECORDERS.append(self)

    def __call__(self, more: int) -> None:
        assert more > 0
        self.done += more

    def clear(self) -> None:
        self.is_cleared = True


RECORDERS: list[Recorder] = []


@pytest.fixture(name="recorded")
def recorded_fixture(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> list[Recorder]:
    RECORDERS.clear()
    for number in range(3):
        pane = codex(five=10 + number)
        at = f"2026-11-22T0{number + 6}:00Z"
        shell.ok("snapshot", "start", "codex", "--window", f"W{number}", "--at", at, stdin=pane)
    for module, name in ((whole_book, "Progress"), (store_progress, "Shown")):
        monkeypatch.setattr(module, name, Recorder)
    for each in (journals, store_progress):
        monkeypatch.setattr(each, "_STEP", 0)
    return RECORDERS


def test_check_shows_how_much_it_has_read(shell: Shell, recorded: list[Recorder]) -> None:
    from burnbook.book.book import Book
    from burnbook.config.loader import Config

    whole_book.check_once(Book(str(shell.book)), Config(str(shell.config)))
    [shown] = [each for each in recorded if each.label == "checking"]
    size = sum(path.stat().st_size for path in shell.book.glob("*.jsonl"))
    assert shown.total == size
    assert 0 < shown.done <= size
    assert shown.is_cleared


def test_the_store_shows_how_much_it_has_read(shell: Shell, recorded: list[Recorder]) -> None:
    from burnbook.store.store import Store
    from burnbook.windows.booked.snapshots import SNAPSHOTS

    store: Any = Store(str(shell.book), in_memory=True)
    store.view(SNAPSHOTS)
    [shown] = recorded
    assert shown.label == "reading snapshots.jsonl"
    assert shown.total == (shell.book / "snapshots.jsonl").stat().st_size
    assert 0 < shown.done <= shown.total
    assert shown.is_cleared
