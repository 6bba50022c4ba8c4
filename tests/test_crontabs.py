"""install and remove, with a crontab program that does as told: nothing else is ever changed."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from frontdoor import ROOT, House
from manual import clone_in

CRONTAB = """\
#!/bin/sh
# A crontab program like Debian's, whose table is a file. $HOME/fault says what goes wrong.
tab=$HOME/tab fault=$(cat "$HOME/fault" 2>/dev/null)
echo "$*" >>"$HOME/calls"
case $1,$fault in
-l,denied) echo "You (ada) are not allowed to use this program (crontab)" >&2; exit 1 ;;
-n,bad | -T,bad) printf '"%s":3: bad minute\\nerrors in crontab file\\n' "$2" >&2; exit 1 ;;
-,full) echo 'No space left on device' >&2; exit 1 ;;
-,lost) exit 0 ;;
-l,*) [ -e "$tab" ] && exec cat "$tab"; echo 'no crontab for ada' >&2; exit 1 ;;
-n,* | -T,*) tail -c 1 "$2" | grep -q . && exit 1; exit 0 ;;
-,*) sleep 0.1; cat >"$tab.$$" && mv "$tab.$$" "$tab" ;;
-r,*) rm "$tab" ;;
-h,cronie) echo 'usage: crontab [options] file
 -n <host>  set host in cluster to run users'"'"' crontabs
 -T <file>  test a crontab file syntax' >&2; exit 1 ;;
-h,old) echo 'usage: crontab [-u user] file' >&2; exit 1 ;;
-h,*) echo '-n (dry run: checks the syntax, then bails out)' >&2 ;;
*) exit 9 ;;
esac
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A clone in a folder with a space."""
    return clone_in(tmp_path_factory.mktemp("crontabs"))


@pytest.fixture
def clone(place: House) -> House:
    """The clone with a crontab of its own, which is empty."""
    house = place
    for name in ("home", "programs", "data"):
        shutil.rmtree(house.root / name, ignore_errors=True)
    house.program("crontab", CRONTAB)
    (house.root / "config" / "schedules.toml").write_text(
        '[jobs.look]\ncron = "7 3 * * *"\nrecipe = "check"\nargs = ["--quiet"]\n', "utf-8"
    )
    return house


def home(house: House, name: str) -> Path:
    return house.root / "home" / name


def done(house: House, *words: str, code: int = 0) -> Any:
    """What schedule says, as JSON, or its one sentence where it fails."""
    found = house.run("bin/schedule", *words, "--format", "json", TZ="UTC")
    assert found.returncode == code, found
    if code:
        assert (found.stdout, found.stderr.count("\n")) == ("", 1), found
        return found.stderr
    return json.loads(found.stdout)


def test_install_twice_and_remove(clone: House) -> None:
    theirs = b"# mine\n5 4 * * * echo '50\\%'\n"
    home(clone, "tab").write_bytes(theirs)
    first = done(clone, "install")
    assert first["written"] == ["crontab"]
    assert Path(first["backup"]).read_bytes() == theirs
    assert Path(first["backup"]).stat().st_mode & 0o777 == 0o600
    line = home(clone, "tab").read_bytes().removeprefix(theirs).decode().splitlines()[2]
    assert line == (
        "7 3 * * *  /usr/bin/env PATH=/usr/local/bin:/usr/bin:/bin "
        f"'{clone.root}/bin/_job' look check --quiet"
    )
    again = done(clone, "install")
    assert (again["written"], again["backup"]) == ([], None)
    printed = clone.run("bin/schedule", TZ="UTC").stdout
    assert home(clone, "tab").read_bytes() == theirs + printed.encode()
    assert done(clone, "remove")["written"] == ["crontab"]
    assert home(clone, "tab").read_bytes() == theirs
    assert done(clone, "remove")["written"] == []


def test_a_crontab_that_becomes_empty_is_removed(clone: House) -> None:
    done(clone, "install")
    assert done(clone, "remove")["backup"]
    assert not home(clone, "tab").exists()


@pytest.mark.parametrize(
    ("fault", "code", "sentence"),
    [
        ("denied", 74, "crontab -l failed with exit code 1: You (ada) are not allowed"),
        ("bad", 74, "this crontab is refused, nothing is changed"),
        ("full", 74, "the crontab cannot be installed: No space left on device"),
        ("lost", 74, "the crontab was written, but reads otherwise now"),
    ],
)
def test_what_goes_wrong_changes_nothing(
    clone: House, fault: str, code: int, sentence: str
) -> None:
    home(clone, "tab").write_text("1 2 * * * mine\n")
    home(clone, "fault").write_text(fault)
    assert sentence in done(clone, "install", code=code)
    assert home(clone, "tab").read_text() == "1 2 * * * mine\n"


@pytest.mark.parametrize(("kind", "flag"), [("debian", "-n"), ("cronie", "-T"), ("old", None)])
def test_each_cron_checks_it_in_its_own_way(clone: House, kind: str, flag: str | None) -> None:
    """`-n` sets a cluster's host in cronie, so it must not be tried there."""
    home(clone, "fault").write_text(kind)
    done(clone, "install")
    calls = [line.split()[0] for line in home(clone, "calls").read_text().splitlines()]
    assert calls == ["-l", "-h", *([flag] if flag else []), "-", "-l"]


def test_no_crontab_program_is_one_sentence(clone: House) -> None:
    clone.environment()
    (clone.root / "programs" / "crontab").unlink()
    for name in ("sh", "env", "readlink"):
        (clone.root / "programs" / name).symlink_to(str(shutil.which(name)))
    found = clone.run("bin/schedule", "install", TZ="UTC", PATH=str(clone.root / "programs"))
    assert found.returncode == 66
    assert "there is no crontab program on PATH" in found.stderr


def test_a_recipe_that_there_is_not_is_not_installed(clone: House) -> None:
    text = '[jobs.look]\ncron = "7 3 * * *"\nrecipe = "chekc"\n'
    (clone.root / "config" / "schedules.toml").write_text(text)
    assert "jobs.look.recipe: no recipe is called 'chekc'" in done(clone, "install", code=78)
    assert not home(clone, "tab").exists()


def test_a_zone_that_this_cron_cannot_keep_is_not_installed(clone: House) -> None:
    config = clone.root / "config" / "schedules.toml"
    config.write_text('timezone = "Asia/Tokyo"\n' + config.read_text())
    assert "does not know CRON_TZ" in done(clone, "install", code=78)
    home(clone, "fault").write_text("cronie")
    done(clone, "install")
    assert "\nCRON_TZ=Asia/Tokyo\n" in home(clone, "tab").read_text()


def test_a_zone_of_the_users_own_above_the_jobs_is_told(clone: House) -> None:
    home(clone, "tab").write_text("CRON_TZ = Asia/Tokyo\n1 2 * * * mine\n")
    home(clone, "fault").write_text("cronie")
    found = clone.run("bin/schedule", "install", TZ="UTC")
    assert found.returncode == 0
    assert found.stderr == (
        "schedule: the CRON_TZ of your crontab stands above the jobs, so they keep it too\n"
    )


def test_installs_at_once_keep_each_others_jobs(clone: House, tmp_path: Path) -> None:
    """Two clones, ten installs: both blocks are there, once."""
    other = House(tmp_path / "another" / "clone", ready=True)
    for name in ("bin", "lib", "config"):
        shutil.copytree(clone.root / name, other.root / name, dirs_exist_ok=True)
    env = clone.environment(TZ="UTC")
    running = [
        subprocess.Popen([str(house.root / "bin" / "schedule"), "install"], env=env)
        for _ in range(5)
        for house in (clone, other)
    ]
    assert [process.wait(60) for process in running] == [0] * 10
    text = home(clone, "tab").read_text()
    assert text.count("# burnbook:begin ") == text.count(" look check --quiet\n") == 2


def test_a_hostile_folder_reaches_the_shell_as_it_is(tmp_path: Path) -> None:
    """What cron makes of the line, `\\%` for `%`, is run by sh and finds the script."""
    house = House(tmp_path / "a 'clone' 50% $(touch bad) `id` \"x\"", ready=True)
    for name in ("bin", "lib", "config"):
        shutil.copytree(ROOT / name, house.root / name, dirs_exist_ok=True)
    (house.root / "config" / "schedules.toml").write_text(
        "[jobs.look]\ncron = '7 3 * * *'\nrecipe = 'check'\nargs = ['--data-dir', '$HOME/100%']\n"
        '[logs]\nfolder = "log\'s %"\n'
    )
    shown = house.run("bin/schedule", TZ="UTC")
    assert shown.returncode == 0, shown
    [line] = [line for line in shown.stdout.splitlines() if line.startswith("7 3 * * *  ")]
    command = line.removeprefix("7 3 * * *  ")
    assert "%" not in command.replace(r"\%", "")
    how: Any = {"cwd": tmp_path, "capture_output": True, "text": True}
    ran = subprocess.run(["sh", "-c", command.replace(r"\%", "%")], **how)
    log = (house.root / "log's %" / "look.log").read_text()
    assert "starts: just check --data-dir $HOME/100%\n" in log
    assert "ends with exit code" in log
    assert (ran.stdout, ran.stderr) == ("", "")
    assert not (tmp_path / "bad").exists()


def test_a_backslash_is_refused_as_crons_differ(tmp_path: Path, clone: House) -> None:
    text = "[jobs.look]\ncron = '7 3 * * *'\nrecipe = 'check'\nargs = ['a\\b']\n"
    (clone.root / "config" / "schedules.toml").write_text(text)
    assert "crons differ in how they read backslashes" in done(clone, code=78)
