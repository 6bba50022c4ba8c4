"""Captures: commands, screens read through tmux, and who may write the commands."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
import zstandard
from burnbook.base import files, process
from burnbook.base.errors import BadConfig, IOFault, Missing
from burnbook.config.agents import PROVIDER_OF, Agent
from burnbook.config.loader import Config
from burnbook.jsonl import unpack
from burnbook.snapshots import capture, capture_kinds, meter_text
from burnbook.snapshots.capture_kinds import rollouts
from conftest import Shell
from waiting import until

PANES = "5h limit: 12% used (resets 13:10)"
# A program that draws only on a terminal, like coding agents, and runs until it is told to quit.
PROGRAM = """\
import os, sys, time, tty
assert os.isatty(0) and os.isatty(1), "no terminal"
{first}
print("\\x1b[2J\\x1b[HInvented Agent v1", flush=True)
tty.setcbreak(0)
typed = ""
while True:
    typed += os.read(0, 1).decode()
    print(typed[-1], end="", flush=True)
    if typed.endswith("/status\\n"):
        time.sleep(0.2)
        print("{pane}", flush=True)
"""
needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The invented agent, an executable."""
    path = tmp_path / "invented-agent"
    write(path)
    return path


def write(path: Path, first: str = "pass") -> None:
    python = shutil.which("python3")
    path.write_text(f"#!{python}\n{PROGRAM.format(first=first, pane=PANES)}")
    path.chmod(0o755)


def tmux(command: list[str], **more: str) -> str:
    table = {"wait_for": '"Invented Agent"', "keys": '["/status", "<Enter>"]', "settle_ms": "50"}
    table |= {"until": '"5h limit"', "command": str(command).replace("'", '"'), **more}
    lines = "".join(f"{key} = {value}\n" for key, value in table.items())
    return '[agents.main]\nprovider = "codex"\ncapture = "tmux"\ntimeout_seconds = 60\n' + (
        f"[agents.main.tmux]\n{lines}"
    )


def agent(folder: Path, text: str) -> Agent:
    (folder / "agents.toml").write_text(text)
    return Config(str(folder), capture_kinds=capture_kinds.kinds).agents["main"]


def take(agent_config: Agent) -> str:
    captured = capture.run_all({"main": capture_kinds.job(agent_config, "no book")})["main"]
    return capture.text_of(captured).decode()


def listed() -> str:
    """Every process, with all of its arguments."""
    return subprocess.check_output(["ps", "-eww", "-o", "args"], text=True)


def servers() -> str:
    """The tmux servers of this process that are still there."""
    return "".join(x for x in listed().splitlines() if f"burnbook-{os.getpid()}-" in x)


@needs_tmux
@pytest.mark.parametrize("words", [[], ["one argument", "$(touch bad); 'x'"]])
def test_a_screen_is_read_through_tmux_without_leftovers(
    program: Path, tmp_path: Path, words: list[str]
) -> None:
    # A single word with a space in it, too, is a program and not a line for a shell.
    folder = tmp_path / "a folder"
    folder.mkdir()
    path = folder / "agent"
    write(path, f"open({str(folder / 'args')!r}, 'w').write(repr(sys.argv[1:]))")
    shown = take(agent(tmp_path, tmux([str(path)] + [w.replace("'", "") for w in words])))
    assert PANES in shown
    assert (folder / "args").read_text() == repr([w.replace("'", "") for w in words])
    until(lambda: not servers() and str(path) not in listed())


@needs_tmux
def test_a_snapshot_is_booked_from_a_screen(shell: Shell, program: Path) -> None:
    (shell.config / "agents.toml").write_text(tmux([str(program)]))
    output = shell.ok("snapshot", "start", "codex", "--capture", "--at", "2026-11-22T09:00")
    assert output.startswith("BEFORE W0-CHN main codex: 5h 12% (")


@needs_tmux
@pytest.mark.parametrize(
    ("first", "more", "message"),
    [
        ("pass", {"wait_for": '"Never"'}, "did not show 'Never' in {} s"),
        ("pass", {"until": '"never"'}, "did not show 'never' in {} s"),
        ("sys.exit(3)", {}, "ended before"),
        (
            "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)",
            {"until": '"x y"'},
            "in {} s",
        ),
    ],
)
def test_a_missing_screen_is_an_error_without_leftovers(
    program: Path, tmp_path: Path, first: str, more: dict[str, str], message: str
) -> None:
    write(program, first)
    text = tmux([str(program)], **more)
    for seconds in (2, 10, 60):  # a busy machine may need longer to show the first screen
        limited = text.replace("timeout_seconds = 60", f"timeout_seconds = {seconds}")
        with pytest.raises(IOFault) as caught:
            take(agent(tmp_path, limited))
        until(lambda: not servers() and str(program) not in listed())
        if "'Invented Agent'" not in str(caught.value):
            break
    assert message.format(seconds) in str(caught.value)


@needs_tmux
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_takes_the_screen_down_too(shell: Shell, program: Path, number: int) -> None:
    (shell.config / "agents.toml").write_text(tmux([str(program)], until='"never"'))
    process = shell.start("snapshot", "start", "codex", "--capture")

    def is_shown() -> bool:
        running = listed()
        return f"burnbook-{process.pid}-" in running and running.count(str(program)) > 1

    until(is_shown)
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode in (-number, 130)
    # A killed program and its server take a moment to end.
    until(lambda: f"burnbook-{process.pid}-" not in listed() and str(program) not in listed())
    assert not shell.book.exists()


# Starts a process that keeps stdout and stderr for ten minutes, prints its number, and is done.
DAEMON = f"""\
import subprocess, sys
kinds = {{"session": {{"start_new_session": True}}, "group": {{"process_group": 0}}, "same": {{}}}}
sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
left = subprocess.Popen(sleep, **kinds[sys.argv[1]])
print("{PANES}", left.pid)
"""


def is_running(pid: str) -> bool:
    """Whether a process exists and is not a zombie, which a container may never reap."""
    shown = subprocess.run(["ps", "-o", "stat=", "-p", pid], capture_output=True, check=False)
    return bool(shown.stdout.strip()) and not shown.stdout.startswith(b"Z")


@pytest.mark.parametrize("kind", ["session", "group", "same"])
def test_a_command_that_leaves_a_process_behind_is_finished(shell: Shell, kind: str) -> None:
    command = json.dumps([sys.executable, "-c", DAEMON, kind])
    table = f'[agents.main]\nprovider = "codex"\ntimeout_seconds = 600\ncapture = {command}\n'
    (shell.config / "agents.toml").write_text(table)
    shell.ok("snapshot", "start", "codex", "--capture", "--at", "2026-11-22T09:00")
    (raw,) = (shell.book / "raw").iterdir()
    pane, pid = raw.read_text().rsplit(None, 1)
    assert pane == PANES
    for _ in range(100):  # a killed process takes a moment to go
        if not is_running(pid):
            break
        time.sleep(0.1)
    assert not is_running(pid)


def test_a_program_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Missing, match=r"(no-such-program|tmux)' *, which is not on PATH"):
        take(agent(tmp_path, tmux(["no-such-program"])))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('capture = "screen"', "agents.main.capture = 'screen' is not valid; valid: a list of"),
        ('capture = "tmux"', "agents.main.capture = 'tmux' is not valid; valid: it with a table"),
        ("[agents.main.tmux]\ncommand = []\nwait_for = 'a'\nuntil = 'b'", "agents.main.tmux"),
        ("[agents.main.tmux]\ncommand = ['x']\nwait_for = 'a'\nuntil = 'b'\nx = 1", "field `x`"),
        ("[agents.main.tmux]\ncommand = ['x']\nuntil = 'b'", "wait_for"),
    ],
)
def test_a_mistake_in_the_tmux_table_is_reported(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(BadConfig) as caught:
        agent(tmp_path, f"[agents.main]\nprovider = 'codex'\n{text}")
    assert message in str(caught.value)


def test_the_kinds_of_capture_are_the_files_of_their_folder() -> None:
    folder = Path(capture_kinds.__file__).parent
    assert capture_kinds.kinds() == tuple(sorted(p.stem for p in folder.glob("[a-z]*.py")))
    assert set(capture_kinds.kinds()) >= {*PROVIDER_OF, "tmux"}


class TestOwned:
    """`files.check_owned`: a command is run only if no other user could have written it."""

    @pytest.fixture
    def config(self, tmp_path: Path) -> Path:
        folder = tmp_path / "config"
        folder.mkdir(mode=0o755)
        (folder / "agents.toml").touch(0o644)
        return folder / "agents.toml"

    @pytest.mark.parametrize("mode", [0o644, 0o600, 0o755, 0o444])
    def test_mine_is_fine(self, config: Path, mode: int) -> None:
        config.chmod(mode)
        files.check_owned(str(config))

    def test_a_missing_file_is_accepted(self, tmp_path: Path) -> None:
        files.check_owned(str(tmp_path / "none" / "agents.toml"))

    @pytest.mark.parametrize("mode", [0o646, 0o666, 0o602])
    @pytest.mark.parametrize("folder", [False, True], ids=["file", "folder"])
    def test_others_may_write(self, config: Path, mode: int, folder: bool) -> None:
        target = config.parent if folder else config
        target.chmod(mode | (0o700 if folder else 0))
        with pytest.raises(BadConfig, match=f"chmod go-w {target}$"):
            files.check_owned(str(config))

    def test_a_link_is_judged_by_its_target(self, config: Path) -> None:
        target = config.parent.parent / "target"
        target.touch(0o600)
        target.chmod(0o606)
        config.unlink()
        config.symlink_to(target)
        with pytest.raises(BadConfig, match="may be written by others"):
            files.check_owned(str(config))

    @pytest.mark.parametrize(
        ("name", "members", "fine"),
        [("ada", [], True), ("ada", ["ada"], True), ("ada", ["bo"], False), ("users", [], False)],
    )
    def test_only_the_private_group_may_write(
        self,
        config: Path,
        monkeypatch: pytest.MonkeyPatch,
        name: str,
        members: list[str],
        fine: bool,
    ) -> None:
        import grp
        import pwd

        gid = config.stat().st_gid
        config.chmod(0o664)
        user = pwd.struct_passwd(("ada", "x", os.geteuid(), gid, "", "/", "/bin/sh"))
        monkeypatch.setattr(pwd, "getpwuid", lambda _: user)
        monkeypatch.setattr(grp, "getgrgid", lambda _: grp.struct_group((name, "x", gid, members)))
        if fine:
            files.check_owned(str(config))
        else:
            with pytest.raises(BadConfig, match="mode 0664"):
                files.check_owned(str(config))

    def test_another_group_may_not_write(
        self, config: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import pwd

        config.chmod(0o664)
        user = pwd.struct_passwd(("ada", "x", os.geteuid(), 54_321, "", "/", "/bin/sh"))
        monkeypatch.setattr(pwd, "getpwuid", lambda _: user)
        with pytest.raises(BadConfig, match="mode 0664"):
            files.check_owned(str(config))

    def test_another_users_file_is_refused(
        self, config: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        owner = config.stat().st_uid
        monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
        if owner == 0:
            files.check_owned(str(config))  # root's is everybody's
            real = os.stat
            of_bo = os.stat_result((stat.S_IFREG | 0o644, 1, 1, 1, owner + 7, 0, 0, 0, 0, 0))
            monkeypatch.setattr(
                os, "stat", lambda path: of_bo if str(path) == str(config) else real(path)
            )
        with pytest.raises(BadConfig, match="belongs to another user"):
            files.check_owned(str(config))


COUNT = {"primary": {"used_percent": 12, "window_minutes": 300, "resets_at": 4_000_000_000}}


def rollout(home: Path, name: str, text: bytes) -> None:
    folder = home / ".codex" / "archived_sessions"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"rollout-{name}").write_bytes(text)


def count(limits: object) -> bytes:
    payload = {"type": "token_count", "rate_limits": limits}
    line = {"timestamp": "2026-11-22T09:00:00Z", "type": "event_msg", "payload": payload}
    return json.dumps(line).encode() + b"\n"


@pytest.mark.parametrize("packed", [True, False])
def test_limits_are_found_however_far_back_in_a_rollout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packed: bool
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("CODEX_HOME", raising=False)
    later = b'{"type":"response_item","payload":"' + b"x" * 3_000_000 + b'"}\n'
    mentioned = b'{"payload":{"type":"message","text":"\\"rate_limits\\""}}\n{"rate_limits"\n'
    text = count(COUNT) + count(None) + later + mentioned + count(None) + count(COUNT)[:40]
    if packed:
        text = zstandard.ZstdCompressor().compress(text)
    rollout(tmp_path, "a.jsonl.zst" if packed else "a.jsonl", text)
    rollout(tmp_path, "b.jsonl.zst", b"no such thing")
    rollout(tmp_path, "c.jsonl", b"\xff\n[]\n")
    codex = agent(tmp_path, "[agents.main]\nprovider = 'codex'\ncapture = 'rollouts'")
    decoded = meter_text.read(take(codex).encode(), "codex")
    assert decoded is not None
    assert [(m.name, m.used_percent) for m in decoded.meters] == [("5h", 12.0)]
    assert decoded.captured_at.isoformat() == "2026-11-22T09:00:00+00:00"
    assert meter_text.read(take(codex).encode(), "claude") is None


def packed(pieces: Iterable[bytes]) -> bytes:
    """One frame of all these pieces, which together are too large for memory."""
    packer = zstandard.ZstdCompressor().compressobj()
    return b"".join([*map(packer.compress, pieces), packer.flush()])


def test_the_time_limit_covers_unpacking_a_rollout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODEX_HOME", str(tmp_path / ".codex"))
    looks = iter(range(1_000_000))
    monkeypatch.setattr(rollouts.time, "monotonic", lambda: float(next(looks)))
    blocks: list[int] = []
    read = unpack.Unpacked.readinto
    monkeypatch.setattr(
        unpack.Unpacked, "readinto", lambda *args: blocks.append(read(*args)) or blocks[-1]
    )
    rollout(tmp_path, "a.jsonl.zst", packed([b"\n" * (1 << 20)] * 100))
    text = "[agents.main]\nprovider = 'codex'\ncapture = 'rollouts'\ntimeout_seconds = 5"
    with pytest.raises(IOFault, match="the capture of rollouts did not finish in 5 s"):
        take(agent(tmp_path, text))
    assert len(blocks) < 5
    monkeypatch.undo()


def test_a_rollout_is_unpacked_up_to_a_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODEX_HOME", str(tmp_path / ".codex"))
    sizes: list[int] = []
    read = unpack.Unpacked.readinto
    monkeypatch.setattr(
        unpack.Unpacked, "readinto", lambda *args: sizes.append(read(*args)) or sizes[-1]
    )
    text = packed([count(COUNT), *[b"\n" * (1 << 20)] * 100])
    rollout(tmp_path, "a.jsonl.zst", text)
    codex = agent(tmp_path, "[agents.main]\nprovider = 'codex'\ncapture = 'rollouts'")
    assert b'"5h"' in take(codex).encode()
    assert sum(sizes) <= unpack.RATIO * len(text) + unpack.LEAST


def test_a_program_that_ignores_the_end_of_its_input_is_ended() -> None:
    argv = ("sh", "-c", "echo hello; exec sleep 35711")
    with process.conversation(argv, 30, out=100) as program:
        assert program.read_line() == b"hello"
        assert "sleep 35711" in listed()
    assert "sleep 35711" not in listed()
