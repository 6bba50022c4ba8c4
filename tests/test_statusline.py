"""The kept answer of `statusline`: when it is printed again, and what makes it stale.

A test marks the kept answer with a window that no book has, so that the line shows whether it was
used.
"""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from burnbook.config import toml_values
from burnbook.config.settings import Settings
from burnbook.prompt import kept, status
from conftest import Shell

MARK = "KEPT"
NOW = int(time.time())
OLD = NOW - 1000


def line_json(session: str = "s1", percent: float = 23.5, **more: Any) -> str:
    limits = {
        "five_hour": {"used_percentage": percent, "resets_at": NOW + 9000},
        "seven_day": {"used_percentage": 41, "resets_at": NOW + 300_000},
    }
    whole = {
        "session_id": session,
        "model": {"display_name": "Opus 4.5"},
        "context_window": {"used_percentage": 34},
        "rate_limits": limits,
    }
    return json.dumps({**whole, **more})


class Prompt:
    """A shell whose status line has been drawn, and whose answer is kept and marked."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        (shell.book.parent / "home").mkdir()
        shell.ok("statusline", stdin=line_json())
        self.settle()
        shell.ok("statusline", stdin=line_json())
        [self.file] = (shell.book / "cache" / "statusline").iterdir()
        self.change(window=MARK)

    def settle(self) -> None:
        """Let every file be as old as it is after some time without a change."""
        for top in (self.shell.book, self.shell.config):
            for path in (top, *top.rglob("*")):
                os.utime(path, (OLD, OLD))

    def change(self, **fields: Any) -> None:
        """Change fields of the kept answer."""
        self.file.write_text(json.dumps({**json.loads(self.file.read_text()), **fields}))

    def draw(self, *words: str, stdin: str | None = None, **environment: str) -> str:
        """Draw the line; it must be without messages."""
        stdin = line_json() if stdin is None else stdin
        done = self.shell.run("statusline", *words, stdin=stdin, **environment)
        assert (done.returncode, done.stderr) == (0, ""), done
        return done.stdout


@pytest.fixture
def prompt(shell: Shell) -> Prompt:
    return Prompt(shell)


def test_the_answer_is_printed_again(prompt: Prompt) -> None:
    before = prompt.shell.tree(store=True)
    shown = prompt.draw()
    assert shown.startswith("Opus 4.5 | context 34% | 5h 24% (2h ")
    assert shown.endswith(f" | {MARK}\n")
    assert prompt.shell.tree(store=True) == before


def test_without_the_mark_it_is_what_the_command_prints(prompt: Prompt) -> None:
    prompt.change(window=None)
    whole = line_json(context_window={"used_percentage": 71})
    quick = prompt.draw("--colour", stdin=whole)
    prompt.file.unlink()
    slow = prompt.draw("--colour", stdin=whole)
    assert quick.split("(")[0] == slow.split("(")[0]
    assert quick.count("\033[") == slow.count("\033[") == 2


def test_model_and_context_are_those_of_the_call(prompt: Prompt) -> None:
    whole = line_json(model={"id": "haiku"}, context_window={"used_percentage": 71})
    assert prompt.draw(stdin=whole).startswith("haiku | context 71% | 5h 24% (")
    assert MARK in prompt.draw(stdin=whole)


def test_color_is_that_of_the_call(prompt: Prompt) -> None:
    whole = line_json(context_window={"used_percentage": 71})
    for colored in (["--colour"], ["--color", "always"], ["--color=always"]):
        assert "\033[33mcontext 71%\033[0m | 5h 24% (" in prompt.draw(*colored, stdin=whole)
        assert MARK in prompt.draw(*colored, stdin=whole)
    assert "\033[33mcontext 71%" in prompt.draw(stdin=whole, FORCE_COLOR="1")
    assert "\033[33m" not in prompt.draw("--color", "never", stdin=whole, FORCE_COLOR="1")


def _append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"{}\n")


def _same_size(path: Path) -> None:
    """Another text of the same size, with the old times."""
    path.write_text(path.read_text().replace("W0-CHP", "W0-CHQ"))
    os.utime(path, (OLD, OLD))


def _later(shell: Shell) -> None:
    shell.ok("snapshot", "start", "claude", "--set", "session=30%", "--window", "W0-CHN")


STALE: dict[str, Callable[[Prompt], None]] = {
    "a snapshot": lambda p: _later(p.shell),
    "a row of another program": lambda p: _append(p.shell.book / "meters.jsonl"),
    "a replaced journal": lambda p: _replace(p.shell.book / "meters.jsonl"),
    "a touched journal": lambda p: os.utime(p.shell.book / "meters.jsonl"),
    "windows.toml of the same size and time": lambda p: _same_size(p.shell.config / "windows.toml"),
    "budgets.toml": lambda p: _write(p.shell.config / "budgets.toml", "[default]\n"),
    "accounts.toml": lambda p: _write(p.shell.config / "accounts.toml", "[accounts]\n"),
    "another version": lambda p: p.change(key="0" * 32),
    "an answer of the future": lambda p: p.change(**{"from": NOW + 5000.0, "until": NOW + 6000.0}),
    "an answer that has ended": lambda p: p.change(until=float(OLD)),
}


def _replace(path: Path) -> None:
    copy = path.with_name("copy")
    copy.write_bytes(path.read_bytes())
    os.utime(copy, (OLD, OLD))
    copy.replace(path)


def _write(path: Path, text: str) -> None:
    path.write_text(text)
    os.utime(path, (OLD, OLD))


@pytest.mark.parametrize("change", STALE.values(), ids=STALE)
def test_a_change_makes_the_answer_stale(change: Callable[[Prompt], None], prompt: Prompt) -> None:
    change(prompt)
    done = prompt.shell.run("statusline", stdin=line_json())
    assert MARK not in done.stdout


def test_a_new_reading_is_booked(prompt: Prompt) -> None:
    assert len(prompt.shell.rows("meters")) == 1
    assert "5h 30% (" in prompt.draw(stdin=line_json(percent=30))
    assert len(prompt.shell.rows("meters")) == 2
    assert MARK not in prompt.draw()  # the same session as before shows an older value again


def test_another_session_agent_account_and_zone_have_no_answer_yet(
    prompt: Prompt, tmp_path: Path
) -> None:
    assert MARK in prompt.draw("--agent", "main")
    assert MARK not in prompt.draw(stdin=line_json("s2"))
    assert MARK not in prompt.draw("--agent", "ada")
    assert MARK not in prompt.draw(AGENT_ID="ada")
    assert MARK not in prompt.draw(TZ="Asia/Tokyo")
    assert MARK not in prompt.draw("--data-dir", str(tmp_path / "other"))
    (tmp_path / "claude").mkdir()
    assert MARK not in prompt.draw(CLAUDE_CONFIG_DIR=str(tmp_path / "claude"))


def test_a_link_to_the_folder_of_another_account_makes_the_answer_stale(
    prompt: Prompt, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    link.symlink_to("a")
    for _ in range(2):
        prompt.draw(CLAUDE_CONFIG_DIR=str(link))
        prompt.settle()
    prompt.draw(CLAUDE_CONFIG_DIR=str(link))
    prompt.change(window=MARK)
    assert MARK in prompt.draw(CLAUDE_CONFIG_DIR=str(link))
    link.unlink()
    link.symlink_to("b")
    assert MARK not in prompt.draw(CLAUDE_CONFIG_DIR=str(link))


@pytest.mark.parametrize(
    "words", [("--format", "json"), ("--at", "2026-11-22T14:00Z"), ("--help",), ("--version",)]
)
def test_other_flags_run_the_command(words: tuple[str, ...], prompt: Prompt) -> None:
    assert MARK not in prompt.draw(*words)


@pytest.mark.parametrize("words", [("--nope",), ("--agent",), ("--color", "red"), ("x",)])
def test_a_mistake_is_reported_as_ever(words: tuple[str, ...], prompt: Prompt) -> None:
    done = prompt.shell.run("statusline", *words, stdin=line_json())
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("statusline: ")


@pytest.mark.parametrize("text", ["", "[]", "{", "{} {}", '{"a": NaN}', '{"a": 1e999}', "\ufeff{}"])
def test_input_that_is_no_object_runs_the_command(text: str, prompt: Prompt) -> None:
    done = prompt.shell.run("statusline", stdin=text)
    assert (done.returncode, done.stdout) == (0, "burnbook\n")
    assert done.stderr.startswith("statusline: ")


def _damages() -> dict[str, Callable[[Path], None]]:
    def text(value: str) -> Callable[[Path], None]:
        return lambda path: _write(path, value)

    def field(name: str, value: Any) -> Callable[[Path], None]:
        return lambda path: _write(path, json.dumps({**json.loads(path.read_text()), name: value}))

    def instead(make: Callable[[Path], Any]) -> Callable[[Path], None]:
        def put(path: Path) -> None:
            path.unlink()
            make(path)

        return put

    def link(path: Path) -> None:
        kept_file = path.replace(path.with_name("elsewhere"))
        path.symlink_to(kept_file)

    return {
        "empty": text(""),
        "cut": text('{"key":'),
        "a list": text("[]"),
        "binary": lambda path: _bytes(path, b"\xff\x00" * 99),
        "huge": text("[" * 100_000),
        "an escape code": field("window", f"{MARK}\033[2J"),
        "a window of another type": field("window", 7),
        "meters of another type": field("meters", {}),
        "a meter without a name": field("meters", [[None, 1.0, None]]),
        "a meter of another length": field("meters", [["session", 1.0]]),
        "a percentage of text": field("meters", [["session", "1", None]]),
        "a moment of text": field("until", "2999"),
        "a FIFO": instead(os.mkfifo),
        "a directory": instead(os.mkdir),
        "a link": link,
    }


def _bytes(path: Path, data: bytes) -> None:
    path.write_bytes(data)


@pytest.mark.parametrize("damage", _damages().values(), ids=_damages())
def test_a_damaged_answer_is_not_used(damage: Callable[[Path], None], prompt: Prompt) -> None:
    damage(prompt.file)
    shown = prompt.draw()
    assert shown.startswith("Opus 4.5 | context 34% | 5h 24% (2h ")
    assert MARK not in shown
    assert shown.count(" | ") == 3


def test_a_linked_folder_is_not_followed(prompt: Prompt, tmp_path: Path) -> None:
    folder = prompt.file.parent
    folder.rename(tmp_path / "away")
    folder.symlink_to(tmp_path / "away")
    before = {path: path.read_bytes() for path in (tmp_path / "away").iterdir()}
    assert MARK not in prompt.draw()
    assert {path: path.read_bytes() for path in (tmp_path / "away").iterdir()} == before


def test_an_answer_holds_until_the_next_reset_and_at_most_an_hour(prompt: Prompt) -> None:
    fields = json.loads(prompt.file.read_text())
    assert fields["until"] - fields["from"] == pytest.approx(kept.LONGEST)
    soon = int(time.time()) + 600
    limits = {"five_hour": {"used_percentage": 50, "resets_at": soon}}
    for _ in range(2):
        prompt.draw(stdin=line_json(rate_limits=limits))
        prompt.settle()
    prompt.draw(stdin=line_json(rate_limits=limits))
    assert json.loads(prompt.file.read_text())["until"] == soon


def test_an_answer_holds_until_the_window_ends(shell: Shell) -> None:
    ends = int(time.time()) + 600
    declared = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ends))
    (shell.config / "windows.toml").write_text(
        f'timezone = "UTC"\n[windows.W0-CHN]\nends = {declared}\n'
    )
    _later(shell)
    prompt = Prompt(shell)
    prompt.file.unlink()
    assert prompt.draw().endswith(" | W0-CHN\n")
    assert json.loads(prompt.file.read_text())["until"] == ends


def test_a_file_that_has_just_changed_is_not_relied_on(prompt: Prompt) -> None:
    prompt.file.unlink()
    os.utime(prompt.shell.config / "windows.toml", None)
    prompt.draw()
    # On a machine that is this busy, two seconds may have passed.
    age = time.time() - (prompt.shell.config / "windows.toml").stat().st_mtime
    assert not prompt.file.exists() or age > 2


def test_an_answer_with_a_message_is_not_kept(prompt: Prompt) -> None:
    prompt.file.unlink()
    limits = {"five_hour": {"used_percentage": 50, "resets_at": NOW - 200_000}}
    done = prompt.shell.run("statusline", stdin=line_json(rate_limits=limits))
    assert "meters whose reset was over a day ago are not booked" in done.stderr
    assert not prompt.file.exists()


def test_an_answer_of_another_time_is_not_kept(prompt: Prompt) -> None:
    prompt.file.unlink()
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    prompt.draw("--at", at)
    assert not prompt.file.exists()


def test_a_book_without_rows_stays_empty(shell: Shell) -> None:
    shell.ok("statusline", stdin=json.dumps({"session_id": "s1"}))
    assert not shell.book.exists()


def test_a_narrow_terminal_wraps_the_line(prompt: Prompt) -> None:
    assert MARK in prompt.draw(COLUMNS="100")
    assert all(len(row) <= 30 for row in prompt.draw(COLUMNS="30").splitlines())


def test_check_knows_the_kept_answers(prompt: Prompt) -> None:
    assert prompt.shell.ok("check").startswith("ok: ")


def test_the_key_has_every_file_of_the_config_that_the_command_reads(
    prompt: Prompt, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inside import Inside

    _later(prompt.shell)
    reads: set[str] = set()
    read = toml_values.TomlFolder.read

    def watched(folder: toml_values.TomlFolder, name: str) -> dict[str, Any]:
        reads.add(name)
        return read(folder, name)

    monkeypatch.setattr(toml_values.TomlFolder, "read", watched)
    inside = Inside(prompt.shell.book.parent / "inside")
    inside.book, inside.config = prompt.shell.book, prompt.shell.config
    _write(prompt.shell.config / "accounts.toml", '[accounts.work]\nprovider = "claude"\n')
    _write(prompt.shell.config / "budgets.toml", '[budgets.a]\naccount = "work"\n')
    done = inside.run("statusline", stdin=line_json(percent=44).encode())
    assert done.out.startswith("Opus 4.5"), done
    assert "windows.toml" in reads
    assert reads <= {*kept._CONFIG}


def test_the_key_depends_on_the_version(prompt: Prompt, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = Settings(str(prompt.shell.book), str(prompt.shell.config), "main")
    whole = status.parse(line_json().encode())
    assert whole is not None
    before = kept.Key(chosen, whole).digest
    assert kept.Key(chosen, whole).digest == before
    monkeypatch.setattr(kept, "__version__", "99")
    assert kept.Key(chosen, whole).digest != before


@pytest.mark.parametrize(
    "text", [b'{"a": "\\ud800"}', b"\xff", b"{" * 5000, b'{"a": ' + b"9" * 400]
)
def test_unusual_json_is_left_to_the_command(text: bytes) -> None:
    assert status.parse(text) is None
    assert status.parse(text + b"}") is None
