"""install and remove, with a fake crontab program: other lines never change."""

import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from burnbook.schedule import crontab_file
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
-,half) head -c 9 >"$tab"; echo 'No space left on device' >&2; exit 1 ;;
-,half-and-0) head -c 9 >"$tab"; exit 0 ;;
-,edited) cat >"$tab"; echo '9 9 * * * new' >>"$tab"; exit 0 ;;
-,cut) cat >"$tab"; sed -i '/burnbook:begin/d' "$tab"; exit 0 ;;
-,heading) { echo '# DO NOT EDIT'; cat; } >"$tab.$$" && mv "$tab.$$" "$tab" ;;
-l,silent) exit 0 ;;
-l,unreadable) [ -e "$tab" ] && exit 3; echo 'no crontab for ada' >&2; exit 1 ;;
-l,none) echo 'no crontab for ada' >&2; exit 1 ;;
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
def prepared(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A clone in a folder with a space."""
    return clone_in(tmp_path_factory.mktemp("crontabs"))


@pytest.fixture
def clone(prepared: House) -> House:
    """The clone with its own empty crontab."""
    house = prepared
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
    """The JSON output of schedule, or its one sentence if it fails."""
    completed = house.run("bin/schedule", *words, "--format", "json", TZ="UTC")
    assert completed.returncode == code, completed
    if code:
        assert (completed.stdout, completed.stderr.count("\n")) == ("", 1), completed
        return completed.stderr
    return json.loads(completed.stdout)


def test_install_twice_and_remove(clone: House) -> None:
    other_lines = b"# mine\n5 4 * * * echo '50\\%'\n"
    home(clone, "tab").write_bytes(other_lines)
    first = done(clone, "install")
    assert first["written"] == ["crontab"]
    assert Path(first["record"]).stat().st_mode & 0o777 == 0o600
    line = home(clone, "tab").read_bytes().removeprefix(other_lines).decode().splitlines()[2]
    assert line == (
        "7 3 * * *  /usr/bin/env PATH=/usr/local/bin:/usr/bin:/bin "
        f"'{clone.root}/bin/_job' look check --quiet"
    )
    again = done(clone, "install")
    assert (again["written"], again["record"]) == ([], None)
    printed = clone.run("bin/schedule", TZ="UTC").stdout
    assert home(clone, "tab").read_bytes() == other_lines + printed.encode()
    assert done(clone, "remove")["written"] == ["crontab"]
    assert home(clone, "tab").read_bytes() == other_lines
    assert done(clone, "remove")["written"] == []


def test_a_crontab_that_becomes_empty_is_removed(clone: House) -> None:
    done(clone, "install")
    assert done(clone, "remove")["record"]
    assert not home(clone, "tab").exists()


@pytest.mark.parametrize(
    ("fault", "code", "sentence"),
    [
        ("denied", 74, "crontab -l failed with exit code 1: You (ada) are not allowed"),
        ("bad", 74, "cron rejects the jobs; nothing is changed"),
        (
            "full",
            74,
            "your crontab could not be changed (No space left on device); it is unchanged",
        ),
        ("lost", 74, "(crontab reported success); it is unchanged"),
    ],
)
def test_a_failure_changes_nothing(clone: House, fault: str, code: int, sentence: str) -> None:
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
    assert calls == ["-l", "-h", *([flag] if flag else []), "-l", "-", "-l"]


SECRET = "sk-proj-aaaabbbbccccddddeeeeffff0000"
THEIRS = f"OPENAI_API_KEY={SECRET}\n5 4 * * * mine\n"


def texts(house: House) -> dict[str, str]:
    """Every file below the clone's book and below its home, but the crontab itself."""
    folders = (house.root / "data", house.root / "home")
    paths = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {str(path): path.read_text("utf-8", "replace") for path in paths if path.name != "tab"}


def test_no_line_of_the_users_own_is_kept(clone: House) -> None:
    """Only burnbook's block, and the count and a salted hash of the other lines."""
    home(clone, "tab").write_text(THEIRS)
    first = json.loads(Path(done(clone, "install")["record"]).read_text())
    printed = clone.run("bin/schedule", TZ="UTC").stdout
    assert (first["replaced"], first["block"], first["other_lines"]) == ("", printed, 2)
    removed = json.loads(Path(done(clone, "remove")["record"]).read_text())
    assert (removed["replaced"], removed["block"], removed["other_lines"]) == (printed, "", 2)
    assert removed["other_hash"] == first["other_hash"]
    for path, text in texts(clone).items():
        assert SECRET not in text and "mine" not in text, path
    salts = list((clone.root / "data").rglob("account.salt"))
    salts[0].write_bytes(bytes(16))
    other = json.loads(Path(done(clone, "install")["record"]).read_text())
    assert other["other_hash"] != first["other_hash"]


def test_the_check_of_cron_sees_the_block_alone(clone: House) -> None:
    """A temporary file with the user's lines would stay behind after a kill."""
    home(clone, "tab").write_text(THEIRS)
    program = clone.root / "programs" / "crontab"
    program.write_text(CRONTAB.replace("-n,* |", '-n,*) cat "$2" >"$HOME/checked" ;;\n-X,* |'))
    done(clone, "install")
    printed = clone.run("bin/schedule", TZ="UTC").stdout
    assert home(clone, "checked").read_text() == printed


@pytest.mark.parametrize("action", ["install", "remove"])
def test_a_crontab_that_is_saved_during_the_check_is_not_overwritten(
    clone: House, action: str
) -> None:
    home(clone, "tab").write_text(THEIRS)
    if action == "remove":
        done(clone, "install")
    home(clone, "calls").unlink(missing_ok=True)
    saved = home(clone, "tab").read_text() + "0 1 * * * saved\n"
    home(clone, "saved").write_text(saved)
    # An editor saves after the first look at the crontab.
    program = clone.root / "programs" / "crontab"
    save = '[ "$(wc -l <"$HOME/calls")" = 2 ] && cp "$HOME/saved" "$tab"\ncase $1,$fault in\n'
    program.write_text(CRONTAB.replace("case $1,$fault in\n", save))
    assert "has just changed your crontab" in done(clone, action, code=75)
    assert home(clone, "tab").read_text() == saved
    assert done(clone, action)["written"] == ["crontab"]
    assert "0 1 * * * saved\n" in home(clone, "tab").read_text()


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("silent", "crontab -l printed nothing"),
        ("none", "crontab -l finds no crontab, but it had 6 lines after the last change"),
    ],
)
def test_an_empty_answer_does_not_overwrite_lines(clone: House, fault: str, sentence: str) -> None:
    home(clone, "tab").write_text(THEIRS)
    done(clone, "install")
    before = home(clone, "tab").read_text()
    home(clone, "fault").write_text(fault)
    assert sentence in done(clone, "install", code=74)
    assert home(clone, "tab").read_text() == before
    assert done(clone, "remove")["written"] == []
    home(clone, "tab").unlink()
    home(clone, "fault").unlink()
    assert "it had 6 lines" in done(clone, "install", code=74)
    assert done(clone, "install", "--force")["written"] == ["crontab"]


def test_an_empty_answer_is_refused_the_first_time_too(clone: House) -> None:
    home(clone, "tab").write_text(THEIRS)
    home(clone, "fault").write_text("silent")
    assert "if your crontab is empty, use --force" in done(clone, "install", code=74)
    assert home(clone, "tab").read_text() == THEIRS
    home(clone, "fault").unlink()
    home(clone, "tab").write_text("")
    assert done(clone, "install", "--force")["written"] == ["crontab"]


def test_a_whole_crontab_of_an_earlier_version_counts(clone: House) -> None:
    folder = clone.root / "data" / "live" / "crontabs"
    folder.mkdir(parents=True)
    (folder / "crontab.20260101T000000.000000Z").write_text(THEIRS)
    assert "it had 2 lines after the last change" in done(clone, "install", code=74)


def test_force_is_not_for_printing(clone: House) -> None:
    assert "--force is only valid with install and remove" in done(clone, "--force", code=2)


@pytest.mark.parametrize("fault", ["half", "half-and-0"])
@pytest.mark.parametrize("action", ["install", "remove"])
def test_lines_that_are_lost_while_writing_can_be_restored(
    clone: House, fault: str, action: str
) -> None:
    home(clone, "tab").write_bytes(THEIRS.encode() + b"# \xff\n")
    if action == "remove":
        done(clone, "install")
    before = home(clone, "tab").read_bytes()
    home(clone, "fault").write_text(fault)
    sentence = done(clone, action, code=74)
    assert "your crontab lost lines while it was written" in sentence
    [_, path] = map(Path, shlex.split(sentence.split("`")[1]))
    assert path.parent == home(clone, "")
    assert path.read_bytes() == before
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_crontab_that_cannot_be_read_afterwards_is_not_called_unchanged(clone: House) -> None:
    home(clone, "fault").write_text("unreadable")
    sentence = done(clone, "install", code=74)
    assert "differ from what was written (crontab -l failed with exit code 3" in sentence


def test_a_line_added_after_the_jobs_is_accepted(clone: House) -> None:
    home(clone, "tab").write_text(THEIRS)
    home(clone, "fault").write_text("edited")
    done(clone, "install")
    assert home(clone, "tab").read_text().endswith("9 9 * * * new\n")


def test_a_damaged_install_of_the_jobs_is_an_error(clone: House) -> None:
    """No line of the user is missing, so no copy is made."""
    home(clone, "tab").write_text(THEIRS)
    home(clone, "fault").write_text("cut")
    assert "but none of your lines is missing" in done(clone, "install", code=74)
    assert list(home(clone, "").glob("crontab-before.*")) == []


def test_a_cron_header_above_the_lines_is_accepted(clone: House) -> None:
    home(clone, "tab").write_text(THEIRS)
    home(clone, "fault").write_text("heading")
    done(clone, "install")
    assert home(clone, "tab").read_text().startswith(f"# DO NOT EDIT\n{THEIRS}")


@pytest.mark.parametrize(
    "other_lines", [b"# \xff\xfe\n", b"A=1\r\n5 4 * * * x\r\n", b"5 4 * * * x", b"\n\n# \x00\n"]
)
def test_other_lines_are_unchanged(clone: House, other_lines: bytes) -> None:
    """Not UTF-8, CRLF, no newline at the end, a NUL: also below the block."""
    home(clone, "tab").write_bytes(other_lines)
    done(clone, "install")
    whole = home(clone, "tab").read_bytes()
    home(clone, "tab").write_bytes(whole + other_lines)
    assert done(clone, "remove")["written"] == ["crontab"]
    ended = other_lines if other_lines.endswith(b"\n") else other_lines + b"\n"
    assert home(clone, "tab").read_bytes() == ended * 2


def test_no_crontab_program_is_one_sentence(clone: House) -> None:
    clone.environment()
    (clone.root / "programs" / "crontab").unlink()
    for name in ("sh", "env", "readlink"):
        (clone.root / "programs" / name).symlink_to(str(shutil.which(name)))
    done = clone.run("bin/schedule", "install", TZ="UTC", PATH=str(clone.root / "programs"))
    assert done.returncode == 66
    assert "there is no crontab program on PATH" in done.stderr


def test_a_recipe_that_there_is_not_is_not_installed(clone: House) -> None:
    text = '[jobs.look]\ncron = "7 3 * * *"\nrecipe = "chekc"\n'
    (clone.root / "config" / "schedules.toml").write_text(text)
    assert "jobs.look.recipe: no recipe is called 'chekc'" in done(clone, "install", code=78)
    assert not home(clone, "tab").exists()


def test_a_zone_that_this_cron_cannot_keep_is_not_installed(clone: House) -> None:
    config = clone.root / "config" / "schedules.toml"
    config.write_text('timezone = "Asia/Tokyo"\n' + config.read_text())
    assert "does not support CRON_TZ" in done(clone, "install", code=78)
    home(clone, "fault").write_text("cronie")
    done(clone, "install")
    assert "\nCRON_TZ=Asia/Tokyo\n" in home(clone, "tab").read_text()


def test_a_zone_of_the_user_above_the_jobs_is_reported(clone: House) -> None:
    home(clone, "tab").write_text("CRON_TZ = Asia/Tokyo\n1 2 * * * mine\n")
    home(clone, "fault").write_text("cronie")
    done = clone.run("bin/schedule", "install", TZ="UTC")
    assert done.returncode == 0
    assert done.stderr == (
        "schedule: your crontab sets CRON_TZ above the jobs, so it applies to them too\n"
    )


def test_installs_at_once_keep_each_others_jobs(clone: House, tmp_path: Path) -> None:
    """Two clones, ten installs: both blocks exist once."""
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


def test_a_hostile_folder_name_reaches_the_shell_unchanged(tmp_path: Path) -> None:
    """The line as cron passes it on (`%` for `\\%`) is run by sh and finds the script."""
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


def test_the_copy_of_a_lost_crontab_is_synced_before_its_path_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(os, "fsync", lambda h: synced.append(os.readlink(f"/proc/self/fd/{h}")))
    path = crontab_file._rescue(b"0 9 * * * mine\n")
    assert Path(path).read_bytes() == b"0 9 * * * mine\n"
    assert synced == [path, str(tmp_path)]
