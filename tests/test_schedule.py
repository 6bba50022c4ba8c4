"""The jobs as each scheduler has them, and what the configuration may say."""

import json
import os
import plistlib
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from shlex import quote

import pytest
from burnbook.base.errors import BadConfig
from burnbook.config import loader, schedules
from burnbook.schedule.formats import Plan, Rendered, Task, crontab, launchd, load, names, systemd
from burnbook.times.cron import parse
from conftest import Shell
from frontdoor import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), max_size=12).filter(
    str.isprintable
)
ROOTS = TEXTS.map(lambda text: f"/srv/{text.replace('/', '')}/burnbook")


def plan(
    root: str = "/srv/burnbook", *args: str, zone: str = "local", cron: str = "6 0 * * *"
) -> Plan:
    words = (f"{root}/bin/_job", "look", "check", *args)
    return Plan("burnbook", root, zone, {"PATH": "/usr/bin:/bin"}, [
        Task("look", (parse(cron), parse("30 */2 * * *")), words, True)
    ])  # fmt: skip


def rendered(form: str, schedule_plan: Plan) -> Rendered:
    result = load(form).render(schedule_plan)
    assert isinstance(result, Rendered)
    return result


def test_every_file_of_the_folder_is_a_form() -> None:
    folder = Path(crontab.__file__).parent
    assert list(names()) == sorted(path.stem for path in folder.glob("[a-z]*.py"))
    assert {"crontab", "launchd", "systemd"} <= set(names())
    for form in names():
        assert rendered(form, plan()).files
        assert "{}" in load(form).COMMENT


@settings(max_examples=60, deadline=None)
@given(ROOTS, TEXTS)
def test_sh_reads_unchanged_crontab_arguments(root: str, word: str) -> None:
    schedule_plan = plan(root, word)
    if "\\" in root + word:
        with pytest.raises(BadConfig, match="backslashes"):
            crontab.render(schedule_plan)
        return
    lines = crontab.render(schedule_plan).files[0].text.splitlines()
    assert (lines[0], lines[-1]) == crontab.markers(root)
    command = lines[2].removeprefix("6 0 * * *  ")
    assert not re.search(r"(?<!\\)%", command)
    shown = subprocess.check_output(
        ["sh", "-c", "printf '%s\\0' " + command.replace(r"\%", "%")]
    ).decode()
    wanted = ["/usr/bin/env", "PATH=/usr/bin:/bin", *schedule_plan.tasks[0].words]
    assert shown.split("\0")[:-1] == wanted


@pytest.mark.skipif(not shutil.which("crontab"), reason="crontab is not installed")
def test_crontab_accepts_the_crontab() -> None:
    usage = subprocess.run(["crontab", "-h"], capture_output=True, text=True)
    flag = "-T" if "-T" in usage.stdout + usage.stderr else "-n"
    if flag == "-n" and "dry run" not in usage.stdout + usage.stderr:
        pytest.skip("this crontab cannot check a file")
    printed = subprocess.check_output([str(ROOT / "bin" / "schedule")], stderr=subprocess.DEVNULL)
    block = (
        crontab.render(plan("/srv/a 'b' 50%", "x y", zone="Europe/Berlin")).files[0].text.encode()
    )
    for text in (printed, block):
        with tempfile.NamedTemporaryFile() as file:
            file.write(text)
            file.flush()
            done = subprocess.run(["crontab", flag, file.name], capture_output=True, text=True)
        assert done.returncode == 0, done


def verified(folder: Path) -> tuple[int, str]:
    """The output of systemd-analyze about the units of a folder."""
    # A short path: the sockets of the machine's own units are below it.
    with tempfile.TemporaryDirectory() as runtime:
        done = subprocess.run(
            ["systemd-analyze", "--user", "--man=no", "verify", *map(str, folder.glob("*.*"))],
            env={**os.environ, "XDG_RUNTIME_DIR": runtime},
            capture_output=True,
            text=True,
        )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
@settings(max_examples=8, deadline=None)
@given(ROOTS, TEXTS)
def test_systemd_accepts_hostile_words(root: str, word: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for file in systemd.render(plan(root, word, zone="Asia/Tokyo", cron="6 0 13 * fri")).files:
            (Path(folder) / file.name).write_text(file.text, "utf-8")
        assert verified(Path(folder)) == (0, "")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_systemd_accepts_what_schedule_writes(shell: Shell, tmp_path: Path) -> None:
    shutil.copy(ROOT / "config" / "schedules.toml", shell.config)
    into = tmp_path / "units"
    shell.ok("schedule", "--as", "systemd", "--into", str(into))
    jobs = schedules.read(loader.Config(str(ROOT / "config"))).jobs
    assert len(list(into.iterdir())) == 2 * len(jobs)  # a service and a timer each
    assert verified(into) == (0, "")
    timer = into / "burnbook-reset.timer"
    timer.write_text(timer.read_text().replace("00:06:00", "00:66:00"))
    assert "Failed to parse calendar specification" in verified(into)[1]


def test_systemd_specifiers_are_quoted() -> None:
    [service, timer] = systemd.render(plan('/a "b" 50% $HOME', "\\")).files
    assert (
        'ExecStart=/bin/sh "/a \\"b\\" 50%% $$HOME/bin/_job" "look" "check" "\\\\"' in service.text
    )
    assert timer.text.count("OnCalendar=*-*-* ") == 2
    assert "Persistent=true" in timer.text


def test_systemd_keeps_the_zone_and_either_kind_of_day() -> None:
    timer = systemd.render(plan(zone="Asia/Tokyo", cron="6 0 13 * fri")).files[1].text
    assert re.findall(r"^OnCalendar=(.*)$", timer, re.MULTILINE) == [
        "*-*-13 00:06:00 Asia/Tokyo",
        "Fri *-*-* 00:06:00 Asia/Tokyo",
        "*-*-* 00,02,04,06,08,10,12,14,16,18,20,22:30:00 Asia/Tokyo",
    ]


@settings(max_examples=40, deadline=None)
@given(ROOTS, TEXTS)
def test_launchd_reads_unchanged_arguments(root: str, word: str) -> None:
    schedule_plan = plan(root, word)
    [file] = launchd.render(schedule_plan).files
    read = plistlib.loads(file.text.encode())
    assert read["ProgramArguments"] == ["/bin/sh", *schedule_plan.tasks[0].words]
    assert read["EnvironmentVariables"] == {"PATH": "/usr/bin:/bin"}
    assert read["StartCalendarInterval"][0] == {"Hour": 0, "Minute": 6}
    assert len(read["StartCalendarInterval"]) == 1 + 12


@pytest.mark.parametrize(
    ("zone", "cron", "sentence"),
    [
        ("Asia/Tokyo", "6 0 * * *", "only supports the machine's time zone"),
        ("local", "6 0 */2 * mon", "combine a day and a weekday"),
        ("local", "1-59 1-23 * * *", "needs 1357 entries"),
    ],
)
def test_schedules_that_launchd_does_not_support_are_refused(
    zone: str, cron: str, sentence: str
) -> None:
    with pytest.raises(BadConfig, match=re.escape(sentence)):
        launchd.render(plan(zone=zone, cron=cron))


def test_jobs_that_must_not_run_late_are_marked(shell: Shell) -> None:
    (shell.config / "schedules.toml").write_text(
        '[jobs.a]\ncron = "56 23 * * *"\nrecipe = "check"\ncatch_up = false\n[logs]\ncount = 3\n'
    )
    assert "/bin/_job -l -c 3 a check\n" in shell.ok("schedule")
    assert "Persistent=false" in shell.ok("schedule", "--as", "systemd")
    assert "<string>-l</string>" in shell.ok("schedule", "--as", "launchd")


@pytest.mark.parametrize(
    ("at", "code"),
    [("23:55", 1), ("23:56", 0), ("23:56:30", 0), ("2026-11-23T00:05", 0), ("2026-11-23T00:06", 1)],
)
def test_a_job_is_due_for_ten_minutes(shell: Shell, at: str, code: int) -> None:
    text = 'timezone = "UTC"\n[jobs.a]\ncron = "56 23 * * *"\nrecipe = "check"\n'
    (shell.config / "schedules.toml").write_text(text)
    moment = at if "T" in at else f"2026-11-22T{at}"
    assert shell.run("schedule", "--due", "a", "--at", moment).returncode == code
    assert "no job is called 'b'; valid: a" in shell.fails(2, "schedule", "--due", "b")


def test_the_jobs_find_the_book_and_the_config_of_this_call(shell: Shell, tmp_path: Path) -> None:
    (shell.config / "schedules.toml").write_text('[jobs.a]\ncron = "@daily"\nrecipe = "check"\n')
    line = shell.ok("schedule", "--data-dir", str(tmp_path / "other")).splitlines()[2]
    assert f" BURNBOOK_DATA_DIR={tmp_path}/other BURNBOOK_CONFIG_DIR={shell.config} " in line


def test_files_of_another_project_are_left_alone(shell: Shell, tmp_path: Path) -> None:
    (shell.config / "schedules.toml").write_text('[jobs.a]\ncron = "@daily"\nrecipe = "check"\n')
    words = ("schedule", "--as", "systemd", "--into", str(tmp_path / "units"))
    first = shell.json(*words)
    assert [Path(path).name for path in first["written"]] == [
        "burnbook-a.service",
        "burnbook-a.timer",
    ]
    assert shell.json(*words)["written"] == []
    foreign = tmp_path / "units" / "burnbook-a.timer"
    foreign.write_text(f"# Written by `just schedule` of {ROOT}2 from config/schedules.toml\n")
    assert "is from another project" in shell.fails(2, *words, TZ="UTC")
    assert f"of {ROOT}2 " in foreign.read_text()


def test_each_shipped_job_runs_a_recipe_and_a_capture_that_there_is() -> None:
    summary = subprocess.check_output([str(ROOT / "just"), "--summary"], text=True)
    spec = schedules.read(loader.Config(str(ROOT / "config")))
    assert {job.recipe for job in spec.jobs.values()} <= set(summary.split())
    assert {job.args[0] for job in spec.jobs.values() if job.recipe == "capture"} == {
        *spec.captures
    }


def test_the_shipped_jobs_are_where_they_should_be_around_the_reset() -> None:
    output = json.loads(
        subprocess.check_output(
            [str(ROOT / "bin" / "schedule"), "--format", "json", "--at", "2026-11-22T23:51Z"],
            env={"PATH": "/usr/bin:/bin", "TZ": "UTC"},
            stderr=subprocess.DEVNULL,
        )
    )
    order = sorted(output["jobs"], key=lambda job: str(job["next_at"]))
    assert [(job["name"], job["next_at"][11:16]) for job in order] == [
        ("agents", "23:54"),
        ("ingest", "23:55"),
        ("last-look", "23:56"),
        ("budget", "23:57"),
        ("final", "23:58"),
        ("reset", "00:06"),
        ("plan", "00:21"),
        ("forecast", "00:57"),
        ("ccusage-daily", "01:06"),
        ("ccusage-weekly", "01:06"),
        ("ccusage", "01:16"),
    ]
    assert {job["name"] for job in order if not job["catch_up"]} == {"last-look", "final"}


@pytest.mark.parametrize("form", ["crontab", "systemd", "launchd"])
def test_the_manual_shows_the_output_of_schedule(form: str) -> None:
    """But for the project's folder. Each fence below a mark of docs/generate.py is a whole file."""
    env = {"PATH": "/usr/bin:/bin"}
    command = [str(ROOT / "bin" / "schedule"), "--as", form, "--format", "json"]
    output = json.loads(subprocess.run(command, env=env, capture_output=True, check=True).stdout)
    files = {
        file["name"]: file["text"].replace(quote(f"{ROOT}/bin/_job"), "/home/ada/burnbook/bin/_job")
        for file in output["files"]
    }
    page = (ROOT / "docs" / "standing_jobs.md").read_text("utf-8")
    marked = re.findall(r"^<!-- (\S+), written .*? -->\n```text\n(.*?)^```$", page, re.M | re.S)
    shown = {name: text for name, text in marked if name in files}
    assert shown
    for name, text in shown.items():
        assert files[name].replace(str(ROOT), "/home/ada/burnbook") == text
