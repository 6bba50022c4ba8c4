"""Undo: what a killed one leaves behind."""

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
