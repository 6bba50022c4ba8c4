"""Recipes: the arguments that they pass on, and the lock of those that write."""

import fcntl
import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from frontdoor import HOSTILE, ROOT, VERBS, House

BAD_AGENTS = ["..", "../x", "/etc/x", "a/b", "a\n", "-a", ".a", "a b", "é", "a" * 65]


def justfile() -> dict[str, Any]:
    command = [str(ROOT / "just"), "--dump", "--dump-format", "json"]
    recipes = json.loads(subprocess.check_output(command))["recipes"]
    return {name: recipe for name, recipe in recipes.items() if not recipe["private"]}


def ways() -> dict[str, list[str]]:
    """Each recipe that is one call of a script: the script, and the words that it puts first."""
    modes = {}
    for name, recipe in justfile().items():
        lines = ["".join(p if isinstance(p, str) else "" for p in line) for line in recipe["body"]]
        calls = [line for line in lines if not line.startswith("#")]
        # A window that is not given is no argument, instead of an empty one.
        all_words = r'(?:"\$@"|\$\{1:\+"\$@"\})'
        if match := re.fullmatch(rf"/([a-z-]+)((?: [a-z-]+)*) {all_words}", "\n".join(calls)):
            modes[name] = [match[1], *match[2].split()]
    return modes


WAYS = ways()
DEV = "development"
GROUPS = [
    *("first steps", "every day", "windows", "reports", "money"),
    *("insight", "machines", "share", "set-up", DEV),
]


def just(recipe: str) -> list[str]:
    """The words that run a recipe. One that asks first gets the answer yes."""
    is_asking = attribute(justfile()[recipe], "confirm") is not None
    return ["just", *(["--yes"] if is_asking else []), recipe]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("recipes") / "a clone", ready=True)


def lock_of(house: House, agent: str = "main") -> Path:
    return house.root / "data" / "live" / f".recipe.{agent}.lock"


def attribute(recipe: dict[str, Any], name: str) -> Any:
    values = [a[name] for a in recipe["attributes"] if isinstance(a, dict) and name in a]
    return values[0] if values else None


def test_each_recipe_that_writes_is_a_script_and_only_those() -> None:
    for name, recipe in justfile().items():
        script = any(isinstance(a, dict) and "script" in a for a in recipe["attributes"])
        assert script == bool(attribute(recipe, "metadata")), name


def test_each_script_has_a_recipe_and_each_of_the_users_recipes_is_one_call_of_a_script() -> None:
    assert {way[0] for way in WAYS.values()} == set(VERBS)
    users = {n for n, recipe in justfile().items() if attribute(recipe, "group") != DEV}
    assert set(WAYS) == users - {"prices-setup"}


def test_each_recipe_has_a_group_and_a_description() -> None:
    for name, recipe in justfile().items():
        assert attribute(recipe, "group") in GROUPS, name
        assert recipe["doc"], name


@pytest.mark.parametrize("words", [[], ["--list"]])
def test_the_list_has_the_users_groups_first_and_fits_80_columns(words: list[str]) -> None:
    listed = subprocess.check_output([str(ROOT / "just"), *words], text=True)
    assert re.findall(r"^    \[(.*)\]$", listed, re.MULTILINE) == GROUPS
    assert max(map(len, listed.splitlines())) <= 80


def test_the_main_argument_of_a_recipe_has_a_name() -> None:
    named = {
        name: recipe["parameters"][0]["name"]
        for name, recipe in justfile().items()
        if recipe["parameters"]
    }
    of_window = {name for name, argument in named.items() if argument == "window"}
    assert {"checkpoint", "finalize", "preview", "budget", "churn", "audit", "decide"} <= of_window
    assert (named["ingest"], named["usage"], named["start"]) == ("source", "report", "provider")


@pytest.mark.parametrize("recipe", sorted(WAYS))
def test_a_recipe_without_arguments_passes_no_empty_one(house: House, recipe: str) -> None:
    required = [
        p
        for p in justfile()[recipe]["parameters"]
        if p["default"] is None and p["kind"] == "singular"
    ]
    words = ["x"] * len(required)
    call = house.calls(*just(recipe), *words)[-1]
    assert "" not in call["argv"]
    assert call["argv"][: len(WAYS[recipe]) - 1] == WAYS[recipe][1:]


@pytest.mark.parametrize("recipe", WAYS)
def test_usage_names_the_help_of_the_script(recipe: str) -> None:
    usage = subprocess.check_output([str(ROOT / "just"), "--usage", recipe], text=True)
    words = [word for word in WAYS[recipe] if not word.startswith("-")]
    assert f"see bin/{' '.join(words)} --help" in usage


@pytest.mark.parametrize("recipe", WAYS)
def test_arguments_stdin_and_folder_arrive_unchanged(
    house: House, recipe: str, tmp_path: Path
) -> None:
    given = ["--at", "T", "codex", *HOSTILE, "preview", "--set=a b"]
    *captured, call = house.calls(*just(recipe), *given, stdin="pane\n", cwd=tmp_path)
    assert [(captured_call["pass"], captured_call["argv"]) for captured_call in captured] in (
        [],
        [("capture", call["argv"])],
    )
    assert call["argv"] == WAYS[recipe][1:] + given
    assert (call["stdin"], call["folder"]) == ("pane\n", str(tmp_path))
    assert not (tmp_path / "bad").exists()


def test_a_users_own_just_serves_as_well(house: House, tmp_path: Path) -> None:
    just = str(house.root / ".venv" / "bin" / "just")
    [call] = house.calls(just, "--justfile", str(house.root / "justfile"), "end", "x", cwd=tmp_path)
    assert (call["argv"], call["held"], call["folder"]) == (["end", "x"], True, str(tmp_path))


def test_writers_hold_their_agents_lock_and_readers_none(house: House) -> None:
    assert house.calls("just", "start", "codex")[0]["held"]
    assert not house.calls("just", "preview")[0]["held"]
    assert lock_of(house).stat().st_mode & 0o777 == 0o600
    assert house.calls("just", "start", "codex", AGENT_ID="b.1")[0]["held"]
    house.calls("just", "start", "--agent", "c", "codex")
    house.calls("just", "start", "--agent=d", "codex")
    assert lock_of(house, "c").exists()
    assert lock_of(house, "d").exists()


def test_exit_codes_pass_through_without_a_word(house: House) -> None:
    for recipe in ("start", "preview"):
        for code in (1, 2, 65, 75, 78):
            done = house.run("just", recipe, "codex", "--exit", str(code))
            assert (done.returncode, done.stderr) == (code, "")


def test_a_busy_lock_gives_75_after_ten_seconds_and_no_other_agent_waits(
    house: House, twin: House
) -> None:
    programs = [shutil.which(name) for name in ("sh", "env", "mkdir", "readlink")]
    without_flock = house.root / "few"
    without_flock.mkdir()
    for program in filter(None, programs):
        (without_flock / Path(program).name).symlink_to(program)
    house.calls("just", "start", "codex")
    with lock_of(house).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        began = time.monotonic()
        waiting = [house.start("just", "start", "codex")]
        waiting += [house.start("just", "start", "codex", PATH=str(without_flock))]
        # Another clone that keeps the same book waits too.
        waiting += [twin.start("just", "start", "codex", "--data-dir", str(lock_of(house).parent))]
        assert house.calls("just", "start", "codex", AGENT_ID="free")[0]["held"]
        for process in waiting:
            out, err = process.communicate(timeout=60)
            assert (process.returncode, out) == (75, "")
            assert err.startswith("just: agent main has had another recipe running for 10 s")
        assert time.monotonic() - began > 9
    assert house.calls("just", "start", "codex", PATH=str(without_flock))[0]["held"]


def test_a_recipe_inside_a_recipe_does_not_wait_for_itself(house: House) -> None:
    outer, inner = house.calls("just", "start", "codex", "--nest")
    assert (outer["argv"][0], inner["argv"]) == ("start", ["end", "nested"])
    done = house.run("just", "start", "x", BURNBOOK_HELD=f"99999999 {lock_of(house)}")
    assert json.loads(done.stdout)["held"]


@pytest.mark.parametrize("words", [[], ["--capture"]])
def test_background_processes_do_not_hold_the_recipe_lock(house: House, words: list[str]) -> None:
    house.calls("just", "start", "codex", "--background", *words)
    with lock_of(house).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_capture_runs_before_the_lock_and_is_booked_under_it(house: House) -> None:
    first, second = house.calls("just", "start", "codex", "--capture", stdin="pane")
    assert (first["pass"], first["held"], first["stdin"]) == ("capture", False, "")
    assert (second["pass"], second["held"], second["stdin"]) == ("book", True, "pane")
    assert second["found"] == "pane"


def test_a_recipe_may_say_that_it_always_captures(house: House) -> None:
    first, second = house.calls("just", "reset", "--dry-run", stdin="x")
    assert (first["pass"], first["held"], first["argv"]) == ("capture", False, ["--dry-run"])
    assert (second["pass"], second["held"], second["argv"]) == ("book", True, ["--dry-run"])
    assert second["found"] == "pane"


def test_a_capture_that_fails_books_nothing(house: House) -> None:
    done = house.run("just", "start", "codex", "--capture", "--exit", "66")
    assert (done.returncode, done.stderr) == (66, "")
    assert [json.loads(line)["pass"] for line in done.stdout.splitlines()] == ["capture"]


def test_no_pass_leaks_in_from_outside(house: House) -> None:
    [call] = house.calls("just", "start", "x", BURNBOOK_PASS=f"book {os.getpid()}", captured="x")
    assert call["pass"] is None


def test_help_and_version_need_no_lock_and_make_no_book(house: House, tmp_path: Path) -> None:
    for word in ("-h", "--help", "--version"):
        [call] = house.calls("just", "start", word, "--data-dir", str(tmp_path / "none"))
        assert (call["held"], call["argv"]) == (False, ["start", word, *call["argv"][2:]])
    assert not (tmp_path / "none").exists()


PLACES = {
    "default": "clone/data/live",
    "flag": "here/a book",
    "flag=": "here/a book",
    "flag wins": "here/a book",
    "last flag": "here/a book",
    "absolute": "a book",
    "variable": "here/a book",
    "dotenv": "clone/a book",
    "quoted dotenv": "clone/a #book",
    "dots behind a link": "here/a book",
    "other dotenv": "clone/data/live",
}


@pytest.fixture
def twin(house: House, tmp_path: Path) -> House:
    """Another clone of the same project, with a `.venv` in common."""
    leave_out = shutil.ignore_patterns(".venv", "data", ".env")
    shutil.copytree(house.root, tmp_path / "clone", ignore=leave_out, symlinks=True)
    (tmp_path / "clone" / ".venv").symlink_to(house.root / ".venv")
    return House.existing(tmp_path / "clone")


@pytest.mark.parametrize("how", PLACES)
def test_the_lock_is_in_the_book_wherever_that_is_chosen(
    twin: House, tmp_path: Path, how: str
) -> None:
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere" / "below"
    here.mkdir()
    elsewhere.mkdir(parents=True)
    (here / "link").symlink_to(elsewhere)
    absolute = str(tmp_path / "a book")
    words = {
        "flag": ["--data-dir", "a book"],
        "flag=": ["--data-dir=a book"],
        "flag wins": ["--data-dir", "a book"],
        "last flag": ["--data-dir=x", "--notes", "n", "--data-dir=a book", "--", "--data-dir=y"],
        "absolute": ["--data-dir", absolute],
        "dots behind a link": ["--data-dir", "link/../a book"],
    }.get(how, [])
    variables = {
        "variable": {"BURNBOOK_DATA_DIR": "a book"},
        "flag wins": {"BURNBOOK_DATA_DIR": "other"},
        "dotenv": {"BURNBOOK_DATA_DIR": ""},
    }.get(how, {})
    lines = {
        "dotenv": "AGENT_ID=zed\nexport BURNBOOK_DATA_DIR=a book",
        "quoted dotenv": "BURNBOOK_DATA_DIR='a #book' # a comment\n",
        "flag wins": "BURNBOOK_DATA_DIR=third\n",
        "other dotenv": "PATH=x\n",
    }
    if how in lines:
        (twin.root / ".env").write_text(lines[how])
    twin.calls("just", "start", "codex", *words, cwd=here, **variables)
    [lock] = tmp_path.rglob(".recipe.*.lock")
    agent = "zed" if how == "dotenv" else "main"
    assert lock == tmp_path / PLACES[how] / f".recipe.{agent}.lock"
    modes = [path.stat().st_mode & 0o777 for path in (lock, lock.parent)]
    assert modes == [0o600, 0o700]


def test_a_recipe_knows_its_own_lock_by_another_spelling(twin: House, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "book")
    twin.calls("just", "start", "codex", "--data-dir", str(tmp_path / "book"))
    lock = tmp_path / "link" / ".recipe.main.lock"
    words = ("just", "start", "codex", "--data-dir", str(tmp_path / "book"))
    with lock.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        twin.calls(*words, BURNBOOK_HELD=f"{os.getpid()} {lock}")


def test_a_failed_recipe_removes_a_book_that_it_created(twin: House, tmp_path: Path) -> None:
    words = ("--data-dir", str(tmp_path / "new" / "deep" / "book"))
    before = sorted(path.name for path in tmp_path.iterdir())
    assert twin.run("just", "start", "codex", *words, "--exit", "66").returncode == 66
    assert twin.run("just", "reset", *words, "--exit", "1").returncode == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    twin.calls("just", "start", "codex", *words)
    assert twin.run("just", "start", "codex", *words, "--exit", "66").returncode == 66
    assert (tmp_path / "new" / "deep" / "book" / ".recipe.main.lock").exists()


def test_a_recipe_locks_again_if_its_lock_file_was_removed(twin: House, tmp_path: Path) -> None:
    flock, mark = shutil.which("flock"), tmp_path / "waits"
    if flock is None:
        pytest.skip("flock(1) is missing, so it cannot tell when it is called")
    book = tmp_path / "book"
    twin.calls("just", "start", "codex", BURNBOOK_DATA_DIR=str(book))
    lock = book / ".recipe.main.lock"
    twin.program("flock", f"#!/bin/sh\n: >>'{mark}'\nexec {flock} \"$@\"\n")
    with lock.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        process = twin.start("just", "start", "codex", BURNBOOK_DATA_DIR=str(book))
        while not mark.exists():
            assert process.poll() is None
            time.sleep(0.01)
        lock.unlink()
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert json.loads(out)["held"]
    assert lock.stat().st_mode & 0o777 == 0o600


def test_a_book_that_cannot_be_created_is_reported(twin: House, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = twin.run("just", "start", "codex", "--data-dir", str(tmp_path / "file" / "book"))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (74, "", 1), done
    assert done.stderr.startswith("just: ")
    assert str(tmp_path / "file") in done.stderr


def test_an_agent_that_is_a_key_becomes_no_file_name(twin: House, tmp_path: Path) -> None:
    key = "sk-" + "ant-api03-abcd1234EFGH5678"
    for words, variables in ((["--agent", key], {}), ([], {"AGENT_ID": key})):
        done = twin.run("just", "start", "codex", *words, **variables)
        assert (done.returncode, done.stdout) == (2, ""), done
        assert "no key or token" in done.stderr
        assert key not in done.stderr
    assert not [path for path in tmp_path.rglob("*") if key in path.name]


@pytest.mark.parametrize("agent", BAD_AGENTS)
def test_an_invalid_agent_is_refused_before_anything_is_created(house: House, agent: str) -> None:
    data = lock_of(house).parent
    before = sorted(os.listdir(data)) if data.exists() else None
    for how in ({"AGENT_ID": agent}, {}):
        flags = [] if how else [f"--agent={agent}"]
        done = house.run("just", "start", "codex", *flags, **how)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done
        assert done.stderr.startswith("just: agent is '")
    after = sorted(os.listdir(data)) if data.exists() else None
    assert before == after


@pytest.mark.parametrize("kind", ["link", "dangling link", "folder", "fifo"])
def test_a_planted_lock_is_refused(house: House, tmp_path: Path, kind: str) -> None:
    lock = lock_of(house, f"planted.{kind[:4].strip()}")
    lock.parent.mkdir(parents=True, exist_ok=True)
    target = tmp_path / "target"
    if kind == "folder":
        lock.mkdir()
    elif kind == "fifo":
        os.mkfifo(lock)
    else:
        lock.symlink_to(target)
        if kind == "link":
            target.write_text("keep")
    done = house.run("just", "start", "codex", AGENT_ID=lock.name[8:-5])
    assert (done.returncode, done.stdout) == (74, "")
    assert "is not a plain file" in done.stderr
    assert not target.exists() or target.read_text() == "keep"
    lock.rmdir() if kind == "folder" else lock.unlink()
