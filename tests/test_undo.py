"""Undo: the state after a killed one."""

from conftest import Shell, codex


def test_an_undo_that_was_killed_before_the_state_is_finished_by_the_next(shell: Shell) -> None:
    shell.ok("snapshot", "start", "codex", stdin=codex())
    state = shell.book / "state" / "main" / "codex.json"
    before = state.read_bytes()
    shell.ok("undo", "codex")
    assert not state.exists()
    state.write_bytes(before)
    state.chmod(0o600)
    assert shell.run("check").returncode == 1
    assert "no snapshot of codex" in shell.fails(66, "undo", "codex")
    assert not state.exists()
    shell.ok("check")


def test_nothing_to_undo_makes_no_book(shell: Shell) -> None:
    shell.fails(66, "undo", "codex")
    assert not shell.book.exists()


def test_undo_voids_the_row_booked_last(shell: Shell) -> None:
    for at in ("2026-11-22T10:00", "2026-11-22T09:30"):
        shell.ok("snapshot", "start", "codex", "--at", at, stdin=codex())
    assert "taken 2026-11-22 09:30" in shell.ok("undo", "codex")
    assert "taken 2026-11-22 10:00" in shell.ok("undo", "codex")
