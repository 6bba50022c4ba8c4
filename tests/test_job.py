"""bin/_job, which schedulers start: its log, its rotation and its exit code."""

import json
import os
import re
import time
from pathlib import Path

import pytest
from burnbook.config.schedules import Logs
from frontdoor import ROOT, House

STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("job") / "a 'clone' 50% $HOME", ready=True)


def job(house: House, *words: str, code: int = 0) -> None:
    """Run a job that prints nothing, with cron's environment, from another folder."""
    done = house.run("bin/_job", *words, cwd=house.root / "home", stdin="not for a job")
    assert (done.returncode, done.stdout, done.stderr) == (code, "", ""), done


def test_a_job_runs_its_recipe_without_input_and_keeps_what_it_prints(house: House) -> None:
    house.environment()
    job(house, "look", "preview", "--window", "a b")
    first, printed, last = (house.root / "logs" / "look.log").read_text().splitlines()
    assert re.fullmatch(rf"{STAMP} look\[\d+\] starts: just preview --window a b", first)
    assert re.fullmatch(rf"{STAMP} look\[\d+\] ends with exit code 0", last)
    seen = json.loads(printed)
    assert (seen["argv"], seen["stdin"]) == (["--window", "a b"], "")
    assert (house.root / "logs" / "look.log").stat().st_mode & 0o777 == 0o600


def test_the_exit_code_is_the_recipes_and_messages_are_in_the_log(house: House) -> None:
    job(house, "fails", "preview", "--exit", "75", code=75)
    job(house, "unknown", "no-such-recipe", code=1)
    assert "ends with exit code 75" in (house.root / "logs" / "fails.log").read_text()
    assert "no-such-recipe" in (house.root / "logs" / "unknown.log").read_text()


def test_a_job_does_not_change_the_file_modes_of_its_recipe(house: House) -> None:
    script = house.root / "bin" / "preview"
    text = script.read_text()
    script.write_text(
        text.replace(
            "import argparse", "import os; print(oct(os.umask(0)), flush=True)\nimport argparse"
        )
    )
    try:
        here = os.umask(0o027)
        job(house, "modes", "preview")
    finally:
        os.umask(here)
        script.write_text(text)
    assert "0o27\n" in (house.root / "logs" / "modes.log").read_text()


def test_a_log_that_grew_is_moved_and_so_many_are_kept(house: House, tmp_path: Path) -> None:
    for number in range(6):
        job(
            house,
            "-d",
            str(tmp_path / "l"),
            "-m",
            "1000",
            "-c",
            "2",
            "r",
            "check",
            f"{number}" * 900,
        )
    logs = {path.name: path.read_text() for path in (tmp_path / "l").iterdir()}
    assert sorted(logs) == ["r.log", "r.log.1", "r.log.2"]
    order = [re.findall(r"just check (\d)\1{899}$", logs[name], re.M) for name in sorted(logs)]
    assert order == [["5"], ["4"], ["3"]]


def test_none_is_kept_where_the_count_is_zero(house: House, tmp_path: Path) -> None:
    for _ in range(3):
        job(house, "-d", str(tmp_path), "-m", "1000", "-c", "0", "r", "check", "x" * 900)
    assert [path.name for path in tmp_path.iterdir()] == ["r.log"]
    assert (tmp_path / "r.log").read_text().count("starts") == 1


def test_jobs_at_once_lose_no_line(house: House, tmp_path: Path) -> None:
    """Each line of twenty jobs is in one of the logs, even while they are rotated."""
    words = ("bin/_job", "-d", str(tmp_path), "-m", "3000", "-c", "90", "many", "preview")
    for batch in range(4):
        running = [house.start(*words, f"--n={batch}.{number}") for number in range(5)]
        for process in running:
            out, err = process.communicate(timeout=60)
            assert (process.returncode, out, err) == (0, "", "")
    text = "".join(path.read_text() for path in tmp_path.iterdir() if path.is_file())
    for number in (
        f"{batch}.{number_in_batch}" for batch in range(4) for number_in_batch in range(5)
    ):
        assert len(re.findall(rf"starts: just preview --n={re.escape(number)}$", text, re.M)) == 1
    assert text.count("ends with exit code 0") == 20
    assert not list(tmp_path.glob("*.moving"))


def test_a_killed_log_rotation_does_not_block_others(house: House, tmp_path: Path) -> None:
    (tmp_path / "r.log").write_text("x" * 2000)
    moving = tmp_path / "r.log.moving"
    moving.mkdir()
    job(house, "-d", str(tmp_path), "-m", "1000", "r", "check")
    assert not (tmp_path / "r.log.1").exists()
    old = time.time() - 3600
    os.utime(moving, (old, old))
    job(house, "-d", str(tmp_path), "-m", "1000", "r", "check")
    job(house, "-d", str(tmp_path), "-m", "1000", "r", "check")
    assert (tmp_path / "r.log.1").exists()
    assert (tmp_path / "r.log").read_text().count("starts") == 1


@pytest.mark.parametrize("kind", ["link", "folder", "file in the way"])
def test_without_a_log_the_job_runs_and_prints(house: House, tmp_path: Path, kind: str) -> None:
    logs = tmp_path / "logs"
    if kind == "file in the way":
        logs.write_text("")
    elif kind == "folder":
        (logs / "r.log").mkdir(parents=True)
    else:
        logs.mkdir()
        (logs / "r.log").symlink_to(tmp_path / "elsewhere")
    done = house.run("bin/_job", "-d", str(logs), "r", "preview", "--exit", "65")
    assert done.returncode == 65
    assert "starts: just preview" in done.stdout
    assert not (tmp_path / "elsewhere").exists()


def test_a_job_that_must_not_come_late_is_left_out_when_it_does(house: House) -> None:
    script = house.root / "bin" / "schedule"
    text = script.read_text()
    try:
        for code in (0, 1, 78):
            script.write_text(f'#!/bin/sh\necho "$@"\nexit {code}\n')
            ends = code if code == 78 else 0
            job(house, "-l", f"late{code}", "preview", code=ends)
            log = (house.root / "logs" / f"late{code}.log").read_text()
            assert f"--due late{code}\n" in log
            assert ('"argv"' in log) == (code == 0)
            assert ("too late, left out\n" in log) == (code == 1)
            assert f"ends with exit code {ends}\n" in log
    finally:
        script.write_text(text)


def test_its_defaults_equal_those_of_the_config() -> None:
    text = (ROOT / "bin" / "_job").read_text()
    [defaults] = re.findall(r"^logs=(\S+) most=(\d+) count=(\d+)$", text, re.MULTILINE)
    assert defaults == (Logs().folder, str(Logs().max_bytes), str(Logs().count))


def test_a_wrong_call_shows_the_usage(house: House) -> None:
    done = house.run("bin/_job", "only-a-name")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: _job")
