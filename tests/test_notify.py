"""Hooks: once for the highest level of a period, also at the same time, outside of every lock."""

import fcntl
import json
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from burnbook.book import codec
from burnbook.budget.burn_rate import UNKNOWN
from burnbook.budget.meter_status import MeterStatus
from burnbook.budget.notices import hook as notify_hook
from burnbook.budget.notices.crossings import Crossing
from burnbook.budget.notices.due import due
from burnbook.rows.work import Notice
from conftest import Shell, codex
from frontdoor import HOSTILE, ROOT
from msgspec.structs import replace
from waiting import fifo, is_running, until

HOOK = """\
#!/bin/sh
printf '%s\\n' "$@" >> {log}
{then}
"""


def hook(shell: Shell, log: Path, then: str = "", extra: str = "") -> Path:
    """A book with 180,000 tokens used of 200,000, and a hook that writes its arguments to `log`."""
    program = log.parent / "a hook"
    program.write_text(HOOK.format(log=log, then=then))
    program.chmod(0o755)
    (shell.config / "budgets.toml").write_text(
        "[budgets.default]\ntarget_tokens = 200_000\n"
        f'[notify]\ncommand = ["{program}", "{{window}}: {{subject}} at {{level}}", "$(id)"]\n'
        + extra
    )
    use(shell, 180_000)
    return program


def use(shell: Shell, tokens: int) -> None:
    """Starts the window with one request, or books one more."""
    shell.ok("snapshot", "start", "codex", "--at", "2026-11-22T09:00", stdin=codex())
    line = {
        **{"ts": "2026-11-22T09:01:00Z", "rid": f"r{tokens}", "lane": "glm", "model": "m"},
        **{"status": 200, "input_tokens": tokens, "output_tokens": 0, "latency_ms": 1},
    }
    shell.ok("ingest", "proxy-telemetry", "--window", "W0-CHN", stdin=json.dumps(line))


def lines(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []


REACHED = ["W0-CHN: budget at 90%", "$(id)"]


def test_the_highest_level_is_notified_once_with_unchanged_arguments(
    shell: Shell, tmp_path: Path
) -> None:
    hook(shell, tmp_path / "log")
    for _ in range(2):
        assert shell.run("budget", "--at", "2026-11-22T10:00").stderr == ""
    assert lines(tmp_path / "log") == REACHED
    assert [(row["window"], row["subject"], row["level"]) for row in shell.rows("notices")] == [
        ("W0-CHN", "budget", 0.9)
    ]
    use(shell, 20_000)
    shell.ok("budget", "--at", "2026-11-22T11:00")
    assert lines(tmp_path / "log")[2:] == ["W0-CHN: budget at 100%", "$(id)"]


def test_twenty_simultaneous_runs_notify_once(shell: Shell, tmp_path: Path) -> None:
    hook(shell, tmp_path / "log")
    running = [shell.start("budget", "--at", "2026-11-22T10:00") for _ in range(20)]
    for process in running:
        process.communicate()
    assert [process.returncode for process in running] == [0] * 20
    assert lines(tmp_path / "log") == REACHED
    assert len(shell.rows("notices")) == 1


def test_no_lock_is_held_while_the_hook_runs(shell: Shell, tmp_path: Path) -> None:
    log = tmp_path / "log"
    gate = fifo(tmp_path / "gate")
    hook(shell, log, then=f"read _ < '{gate}'", extra="timeout_seconds = 60\n")
    with shell.start("budget", "--at", "2026-11-22T10:00") as process:
        until(lambda: len(lines(log)) == 2)
        with (shell.book / ".lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        gate.write_text("\n")
        process.communicate()
    assert process.returncode == 0
    assert not list(tmp_path.rglob(".recipe*"))


def test_an_interrupt_after_the_lock_reports_that_rows_may_be_booked(
    shell: Shell, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    hook(shell, log, then="exec sleep 60")
    with shell.start("budget", "--at", "2026-11-22T10:00") as process:
        while not log.exists():
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    safe = "rows may have been booked; it is safe to run it again"
    assert (process.returncode, err) == (130, f"budget: interrupted; {safe}\n")
    assert shell.rows("notices")


def test_a_run_that_is_killed_while_the_hook_runs_is_not_followed_by_another_notice(
    shell: Shell, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    gate = fifo(tmp_path / "gate")
    hook(shell, log, then=f"read _ < '{gate}'", extra="timeout_seconds = 60\n")
    with shell.start("budget", "--at", "2026-11-22T10:00") as process:
        until(lambda: len(lines(log)) == 2)
        process.kill()
        gate.write_text("\n")  # ends the hook, which outlives it
        process.communicate()
    shell.ok("budget", "--at", "2026-11-22T10:10")
    assert lines(log) == REACHED
    assert len(shell.rows("notices")) == 1


@pytest.mark.parametrize(
    ("then", "message"),
    [("exit 3", "failed with exit code 3"), ("exec sleep 600", "did not finish in 1 s")],
)
def test_a_hook_that_fails_is_a_note_and_no_more(
    shell: Shell, tmp_path: Path, then: str, message: str
) -> None:
    hook(shell, tmp_path / "log", then=then, extra="timeout_seconds = 1\n")
    done = shell.run("budget", "--at", "2026-11-22T10:00")
    assert done.returncode == 0
    notes = [f"budget: the hook 'a hook' {message} (budget at 90%)"]
    assert done.stderr.splitlines() == notes
    assert "\nW0-CHN budget: planned 200,000, used 180,000" in done.stdout


def test_a_hook_that_is_not_there_is_a_note(shell: Shell, tmp_path: Path) -> None:
    hook(shell, tmp_path / "log").unlink()
    done = shell.run("budget", "--at", "2026-11-22T10:00", "--exit-code")
    assert (done.returncode, done.stderr.count("cannot run the hook")) == (0, 1)


def test_processes_left_by_a_hook_are_ended(tmp_path: Path) -> None:
    program = tmp_path / "hook"
    program.write_text(f"#!/bin/sh\nsleep 600 &\necho $! > {tmp_path}/pid\n")
    program.chmod(0o755)
    assert notify_hook.run_hook([str(program)], 10) is None
    pid = int((tmp_path / "pid").read_text())
    until(lambda: not is_running(pid))


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_stays_a_part_of_its_item(value: str) -> None:
    argv = notify_hook.filled(
        ["x", "{message}!", "{window}{window}"], {"message": value, "window": "W"}
    )
    assert len(argv) == 3
    assert argv[2] == "WW"
    assert "\n" not in argv[1]
    assert notify_hook.filled(["x", "{message}"], {"message": "{window}", "window": "W"}) == [
        "x",
        "{window}",
    ]


def test_without_a_hook_nothing_is_booked(shell: Shell) -> None:
    use(shell, 180_000)
    before = shell.tree()
    shell.ok("budget", "--at", "2026-11-22T10:00")
    assert shell.tree() == before


def test_a_notice_names_the_meter_or_the_rule(shell: Shell, tmp_path: Path) -> None:
    extra = "meters = [0.9, 0.5]\n[stop.week]\nmeter = 'weekly'\nused_percent_at_least = 91\n"
    hook(shell, tmp_path / "log", extra=extra)
    pane = codex(weekly=92)
    shell.ok("snapshot", "end", "codex", "--at", "2026-11-22T10:00", stdin=pane)
    assert shell.run("budget", "--at", "2026-11-22T10:00", "--exit-code").returncode == 1
    assert lines(tmp_path / "log")[::2] == [
        "W0-CHN: budget at 90%",
        "W0-CHN: main codex weekly at 90%",
        "W0-CHN: stop:week main codex weekly at 91%",
    ]


def start(shell: Shell, agent: str, account: str, used: int, at: str) -> None:
    pane = f"{codex(weekly=used)}  Account: {account}@example.com\n"
    named = ("--agent", agent, "--window", "W0-CHN", "--at", f"2026-11-22T{at}")
    shell.ok("snapshot", "start", "codex", *named, stdin=pane)


def subjects(shell: Shell, at: str) -> list[str]:
    shell.ok("budget", "W0-CHN", "--at", f"2026-11-22T{at}")
    return [row["subject"] for row in shell.rows("notices")]


def test_another_account_with_the_same_reset_has_its_own_notice(shell: Shell) -> None:
    (shell.config / "budgets.toml").write_text('[notify]\ncommand = ["true"]\nmeters = [0.9]\n')
    start(shell, "ada", "ada", 95, "10:00")
    start(shell, "bo", "bo", 96, "10:01")
    assert subjects(shell, "10:05") == ["ada codex weekly", "bo codex weekly"]


def test_an_agent_that_joins_an_account_is_no_news(shell: Shell) -> None:
    extra = "[stop.week]\nmeter = 'weekly'\nused_percent_at_least = 91\n"
    (shell.config / "budgets.toml").write_text(
        f'[notify]\ncommand = ["true"]\nmeters = [0.9]\n{extra}'
    )
    start(shell, "bo", "team", 95, "10:00")
    noticed = ["bo codex weekly", "stop:week bo codex weekly"]
    assert subjects(shell, "10:01") == noticed
    start(shell, "ada", "team", 95, "10:05")
    assert subjects(shell, "10:06") == noticed
    (shell.config / "accounts.toml").write_text(
        '[accounts.team]\nprovider = "codex"\nagents = ["ada", "bo"]\n'
    )
    assert subjects(shell, "10:07") == noticed


def test_an_old_windows_tokens_are_no_news(shell: Shell, tmp_path: Path) -> None:
    hook(shell, tmp_path / "log")
    shell.ok("finalize", "--window", "W0-CHN", "--at", "2026-11-22T09:30")
    shell.ok("budget", "--at", "2026-11-22T10:00")
    assert lines(tmp_path / "log") == []


@pytest.mark.parametrize("what", ["budgets.toml", "."])
@pytest.mark.parametrize("mode", [0o777, 0o772])
def test_config_that_others_could_have_written_runs_no_hook(
    shell: Shell, tmp_path: Path, what: str, mode: int
) -> None:
    hook(shell, tmp_path / "log")
    target = shell.config / what
    target.chmod(mode)
    before = shell.tree()
    message = shell.fails(78, "budget", "--at", "2026-11-22T10:00")
    assert "may be written by others" in message
    assert f"so no command in it is run; chmod go-w {target}" in message
    assert (lines(tmp_path / "log"), shell.tree()) == ([], before)
    shell.ok("preview")


def test_the_shipped_rules_do_not_stop_anything(shell: Shell) -> None:
    shipped = (ROOT / "config" / "budgets.toml").read_text()
    (shell.config / "budgets.toml").write_text(shipped)
    shell.ok("snapshot", "start", "codex", stdin=codex())
    assert shell.json("budget", "--exit-code")["stop"] is False


NINE = datetime(2026, 11, 22, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def crossing(level: float, hours: float = 0, until: float | None = 4) -> Crossing:
    """A level of a meter that was read `hours` after nine."""
    reset = None if until is None else NINE + until * HOUR
    return Crossing("ada codex 5h", level, "m", "W", "ada codex 5h", NINE + hours * HOUR, reset)


def notice(level: float, hours: float = 0, until: float | None = 4, meter: bool = True) -> Notice:
    reset = None if until is None else NINE + until * HOUR
    key = "ada codex 5h" if meter else None
    return codec.make(
        Notice,
        window="W",
        subject="ada codex 5h" if meter else "budget",
        level=level,
        noticed_at=NINE + hours * HOUR,
        period="W",
        meter=key,
        until=reset,
    )


def status(used: float, hours: float, resets: float) -> MeterStatus:
    reset = NINE + resets * HOUR
    at = NINE + hours * HOUR
    values = (300, at, used, 100 - used, reset, reset, UNKNOWN, None, None, None)
    return MeterStatus("ada", "codex", "5h", *values)


@pytest.mark.parametrize(
    ("rows", "crossings", "meter", "hours", "expected"),
    [
        ([], [crossing(0.5)], None, 0, [0.5]),
        ([notice(0.5)], [crossing(0.5, 1)], None, 1, []),
        ([notice(0.5)], [crossing(0.8, 1)], None, 1, [0.8]),
        ([notice(0.8)], [crossing(0.5, 1)], None, 1, []),
        # A reset that no reading shows: the quota is back; a reading after it says more.
        ([notice(0.8)], [], None, 4, [0.0]),
        ([notice(0.8), notice(0.0, 4, None)], [], None, 5, []),
        ([notice(0.8)], [crossing(0.5, 5, 9)], None, 5, [0.5]),
        ([notice(0.8), notice(0.0, 4, None)], [crossing(0.5, 5, 9)], None, 5, [0.5]),
        # Without a reset in the pane, its latest moment moves with each reading.
        ([notice(0.8, 0, 5)], [crossing(0.8, 1, 6)], None, 1, []),
        # The vendor reset it early, or another session shows less before the same reset.
        ([notice(0.8)], [], status(3, 1, 6), 1, [0.0]),
        ([notice(0.8)], [], status(3, 1, 4), 1, []),
        ([notice(0.8)], [], status(85, 1, 6), 1, []),
        # Of versions that knew no periods.
        ([notice(0.8, until=None)], [], None, 99, []),
    ],
)
def test_what_is_due(
    rows: list[Notice],
    crossings: list[Crossing],
    meter: MeterStatus | None,
    hours: float,
    expected: list[float],
) -> None:
    meters = {} if meter is None else {"ada codex 5h": meter}
    notified = due(rows, crossings, meters, NINE + hours * HOUR)
    assert [each.level for each in notified] == expected


def test_a_budget_is_due_once_in_a_period() -> None:
    budget = Crossing("budget", 0.7, "m", "W")
    assert due([], [budget], {}, NINE) == [budget]
    assert due([notice(0.7, until=None, meter=False)], [budget], {}, NINE) == []
    other = replace(budget, period="V")
    assert due([notice(0.7, until=None, meter=False)], [other], {}, NINE) == [other]
