"""Booking at the front door: the acceptance tests of the first version."""

import json
import os
import stat
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT, Shell, codex

AT = "2026-11-22T09:00Z"
BLOCKS = '{"blocks": [{"isGap": false, "entries": %d}]}'


def test_a_pane_on_stdin_books_one_row_from_anywhere(shell: Shell, tmp_path: Path) -> None:
    command = f"{ROOT}/bin/snapshot start codex --window W0-CHN --stdin --data-dir B --at {AT}"
    for expected in ("BEFORE", "already booked"):
        done = subprocess.run(
            ["env", "-i", "PATH=/usr/bin:/bin", "AGENT_ID=a", *command.split()],
            input=codex(),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.startswith(expected)
    [line] = (tmp_path / "B" / "snapshots.jsonl").read_text().splitlines()
    row = json.loads(line)
    assert (row["agent"], row["window"], row["phase"]) == ("a", "W0-CHN", "before")
    assert [meter["used_percent"] for meter in row["meters"]] == [11, 24]


def test_everything_in_a_book_is_private(shell: Shell) -> None:
    old = os.umask(0)
    try:
        shell.ok("snapshot", "start", "codex", stdin=codex())
    finally:
        os.umask(old)
    for path in [shell.book, *shell.book.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


@pytest.mark.parametrize("bad", ["..", "../x", "/etc/x", "a/b", "a\n", "", "x" * 65, ".a", "é"])
def test_a_hostile_id_is_exit_2_and_makes_nothing(shell: Shell, tmp_path: Path, bad: str) -> None:
    before = sorted(tmp_path.rglob("*"))
    for words in (
        ("snapshot", "start", "codex", "--window", bad),
        ("snapshot", "start", "codex", "--agent", bad),
        ("snapshot", "start", bad),
        ("undo", "codex", "--window", bad),
        ("finalize", "--window", bad),
        ("preview", "--window", bad),
    ):
        shell.fails(2, *words, stdin=codex())
    if bad:
        shell.fails(2, "snapshot", "start", "codex", stdin=codex(), AGENT_ID=bad)
    assert sorted(tmp_path.rglob("*")) == before


def test_fifty_at_once_of_twenty_agents_are_fifty_rows(shell: Shell) -> None:
    started = [
        shell.start("snapshot", "start", "codex", "--window", "W0-CHN", AGENT_ID=f"agent-{n % 20}")
        for n in range(50)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write(codex())
        process.stdin.close()
    assert [process.wait(60) for process in started] == [0] * 50
    for process in started:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stderr.close()
    assert len(shell.rows("snapshots")) == 50
    assert "ok: 50 rows verified" in shell.ok("check")
    assert len(list((shell.book / "state").glob("*/codex.json"))) == 20


def test_a_fall_counts_as_one_anomaly_before_and_after_it_is_finalized(shell: Shell) -> None:
    shell.ok("snapshot", "start", "codex", "--at", AT, stdin=codex(five=72))
    shell.ok("snapshot", "end", "codex", "--at", "2026-11-22T12:00Z", stdin=codex(five=40))
    assert "Anomalies: 1" in shell.ok("preview")
    assert shell.json("preview")["anomalies"] == 1
    assert "1 anomaly" in shell.ok("finalize", "--window", "W0-CHN")
    assert "Anomalies: 1" in shell.ok("preview")
    [row] = shell.rows("anomalies")
    assert (row["kind"], row["first"], row["second"]) == ("negative-delta", 72, 40)
    assert {row["first_from"], row["second_from"]} == {r["id"] for r in shell.rows("snapshots")}


def test_the_same_fall_across_a_reset_is_none_and_has_bounds(shell: Shell) -> None:
    shell.ok("snapshot", "start", "codex", "--at", AT, stdin=codex(five=72))
    pane = codex(five=40, resets="18:20")
    shell.ok("snapshot", "end", "codex", "--at", "2026-11-22T14:00Z", stdin=pane)
    shown = shell.json("preview")
    assert shown["anomalies"] == 0
    [meter] = [m for m in shown["meters"] if m["meter"] == "5h"]
    assert (meter["delta"], meter["delta_min"], meter["delta_max"]) == (None, 40, 68)
    assert "40 to 68" in shell.ok("preview")


def test_an_anomaly_goes_with_the_snapshot_that_was_taken_back(shell: Shell) -> None:
    shell.ok("snapshot", "start", "codex", "--at", AT, stdin=codex(five=72))
    shell.ok("snapshot", "end", "codex", "--at", "2026-11-22T12:00Z", stdin=codex(five=40))
    shell.ok("finalize", "--window", "W0-CHN")
    shell.ok("undo", "codex", "--phase", "after")
    shell.ok("snapshot", "end", "codex", "--at", "2026-11-22T12:00Z", stdin=codex(five=80))
    assert shell.json("preview")["anomalies"] == 0
    assert len(shell.rows("anomalies")) == 1


def test_taking_back_and_booking_again_is_a_row_of_its_own(shell: Shell) -> None:
    words = ("snapshot", "start", "codex", "--at", AT)
    for _ in range(3):
        assert shell.ok(*words, stdin=codex()).startswith("BEFORE")
        assert shell.ok(*words, stdin=codex()).startswith("already booked")
        shell.ok("undo", "codex", "--at", AT)
    assert not (shell.book / "state" / "main" / "codex.json").exists()
    assert len(shell.rows("snapshots")) == 6
    assert len({row["id"] for row in shell.rows("snapshots")}) == 6
    assert "ok: 6 rows" in shell.ok("check")


def test_no_e_mail_reaches_the_book(shell: Shell) -> None:
    pane = codex() + "  Account: ada@example.com (Plus)\n"
    note = "as bo@example.com said"
    shell.ok("snapshot", "start", "codex", "--notes", note, "--agent", "ada", stdin=pane)
    shell.ok("snapshot", "start", "codex", "--agent", "bo", stdin=pane.replace("ada", "bo"))
    assert not [name for name, data in shell.tree(store=True).items() if b"example.com" in data]
    ada, bo = (row["account"] for row in shell.rows("snapshots"))
    assert len(ada) == 8
    assert ada != bo


@pytest.mark.parametrize(
    ("pane", "code", "message"),
    [
        ("", 66, "stdin is empty"),
        ("hello\n", 65, "no-meters"),
        ("x" * (1 << 20) + "x", 65, "over 1048576 bytes"),
    ],
)
def test_a_pane_that_shows_nothing_books_nothing(
    shell: Shell, pane: str, code: int, message: str
) -> None:
    assert message in shell.fails(code, "snapshot", "start", "codex", stdin=pane)
    assert not shell.book.exists()


def test_a_meter_by_hand(shell: Shell) -> None:
    shell.ok("snapshot", "start", "codex", "--set", "5h=11", "--set", "weekly=40%", "--at", AT)
    [row] = shell.rows("snapshots")
    assert row["source"] == "manual"
    assert [(m["name"], m["used_percent"], m["window_minutes"]) for m in row["meters"]] == [
        ("5h", 11, 300),
        ("weekly", 40, 10080),
    ]
    pane = codex(five=50)
    shell.ok("snapshot", "end", "codex", "--set", "5h=61", "--at", "2026-11-22T10:00Z", stdin=pane)
    row = shell.rows("snapshots")[-1]
    assert row["source"] == "stdin+manual"
    assert row["meters"][0]["used_percent"] == 61
    assert row["meters"][0]["resets_at"] == "2026-11-22T13:10:00Z"


def test_each_provider_has_its_own_word_for_a_length(shell: Shell) -> None:
    shell.ok("snapshot", "start", "claude", "--set", "5h=11", "--set", "weekly=40")
    shell.ok("snapshot", "start", "glm", "--set", "requests=120")
    first, second = shell.rows("snapshots")
    assert [meter["name"] for meter in first["meters"]] == ["session", "week-all-models"]
    assert (second["meters"], second["requests"]) == ([], 120)
    assert "requests=COUNT" in shell.fails(2, "snapshot", "start", "glm", "--set", "prompts=1.5")


@pytest.mark.parametrize("bad", ["5h", "=5", "5h=x", "5h=101", "5h=-1", "5h=nan", "5h=1e400"])
def test_a_bad_meter_by_hand_is_exit_2(shell: Shell, bad: str) -> None:
    assert "METER=PERCENT" in shell.fails(2, "snapshot", "start", "codex", "--set", bad)
    assert not shell.book.exists()


def test_ccusage_prompts_count_from_the_baseline(shell: Shell) -> None:
    def blocks(entries: int) -> str:
        return json.dumps({"blocks": [{"id": "x", "isGap": False, "entries": entries}]})

    shell.ok("snapshot", "start", "glm", "--at", AT, stdin=blocks(40))
    shell.ok("snapshot", "end", "glm", "--at", "2026-11-22T12:00Z", stdin=blocks(52))
    first, second = shell.rows("prompts")
    assert (first["baseline"], first["total"], first["delta"]) == (40, 40, None)
    assert (second["baseline"], second["total"], second["delta"]) == (40, 52, 12)
    assert "ok: 4 rows" in shell.ok("check")


def test_a_capture_is_run_without_a_shell_and_bounded(shell: Shell, tmp_path: Path) -> None:
    pane = tmp_path / "pane.txt"
    pane.write_text(codex())
    agents = shell.config / "agents.toml"
    words = ("snapshot", "start", "codex", "--capture")
    agents.write_text(f'[agents.main]\nprovider = "codex"\ncapture = ["cat", "{pane}"]\n')
    assert shell.ok(*words).startswith("BEFORE")
    assert shell.rows("snapshots")[0]["source"] == "capture"
    for argv, code, message in (
        (["no-such-command"], 66, "not on PATH"),
        (["false"], 74, "exit code 1"),
        (["sleep", "600"], 74, "did not finish in 1 s"),
        (["yes"], 74, "printed more than"),
        (["echo", "$(id)"], 65, "no-meters"),
    ):
        seconds = 1 if argv[0] == "sleep" else 60
        declared = f"timeout_seconds = {seconds}\ncapture = {json.dumps(argv)}\n"
        agents.write_text(f'[agents.main]\nprovider = "codex"\n{declared}')
        assert message in shell.fails(code, *words)
    assert len(shell.rows("snapshots")) == 1


def test_a_book_that_is_not_a_readable_directory_exits_with_74(shell: Shell) -> None:
    shell.book.write_text("")
    shell.fails(74, "preview")
    shell.fails(74, "snapshot", "start", "codex", stdin=codex())
    shell.book.unlink()
    shell.book.mkdir()
    (shell.book / "snapshots.jsonl").symlink_to("/etc/hostname")
    shell.fails(74, "preview")
    shell.fails(74, "snapshot", "start", "codex", stdin=codex())


def test_an_unknown_window_exits_with_66(shell: Shell) -> None:
    sentence = shell.fails(66, "preview", "--window", "W9")
    assert "valid: W0-CHN, W0-CHP" in sentence


def test_a_closed_pipe_is_not_an_error(shell: Shell) -> None:
    shell.ok("snapshot", "start", "codex", stdin=codex())
    line = f"{ROOT}/bin/preview | true; {ROOT}/bin/preview --help | true"
    done = subprocess.run(
        ["sh", "-c", line], env=shell.environment, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""


def test_a_result_that_cannot_be_printed_is_exit_74(shell: Shell) -> None:
    shell.ok("snapshot", "start", "codex", stdin=codex())
    done = subprocess.run(
        ["sh", "-c", f"{ROOT}/bin/preview > /dev/full"],
        env=shell.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 74
    assert done.stderr.count("\n") == 1


def test_flags_may_be_anywhere_on_the_line(shell: Shell) -> None:
    shell.ok("snapshot", "--agent", "a", "start", "--window", "W0-CHN", "codex", stdin=codex())
    assert shell.rows("snapshots")[0]["agent"] == "a"
    assert "(see snapshot --help)" in shell.fails(2, "snapshot", "begin", "codex")
    assert "unrecognized arguments: --wind" in shell.fails(2, "preview", "--wind", "W0-CHN")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_unprinted_rows_are_shown_by_the_next_run(shell: Shell) -> None:
    shell.ok("snapshot", "start", "glm", "--at", "2026-11-22T09:00", stdin=BLOCKS % 3)
    words = ("snapshot", "cross", "glm", "--at", "2026-11-22T12:30")
    command = f"'{ROOT}/bin/snapshot' {' '.join(words[1:])} > /dev/full"
    done = subprocess.run(
        ["sh", "-c", command],
        input=BLOCKS % 9,
        env=shell.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.count("\n")) == (74, 1), done
    assert len(shell.rows("snapshots")) == 3
    again = shell.ok(*words, stdin=BLOCKS % 9)
    assert again.count("already booked: ") == 2
    assert len(shell.rows("snapshots")) == 3
