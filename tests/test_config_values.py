"""Every key of every config file with 31 kinds of values: refused in one sentence, or harmless."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from burnbook.base.errors import USAGE, BadConfig
from burnbook.churn import settings
from burnbook.config import folders, schedules
from burnbook.config.loader import Config
from burnbook.engines import read_settings
from configvalues import DECLARED, FILES, KINDS, REFUSED, Key, changed, keys, shown
from conftest import Shell, codex
from frontdoor import ROOT
from inside import Inside, codes
from torture.figures import part, record

READ: dict[str, Callable[[Config], Any]] = {
    "accounts.toml": lambda config: config.accounts,
    "agents.toml": lambda config: config.agents,
    "budgets.toml": lambda config: (config.budgets, config.stops, config.notify),
    "books.toml": folders.followed_books,
    "bundle.toml": folders.bundle_path,
    "churn.toml": settings.read,
    "engine.toml": read_settings,
    "ledgers.toml": lambda config: folders.ledgers(config, "/book"),
    "preview.toml": lambda config: config.preview,
    "price_rules.toml": lambda config: config.price_rules,
    "prices.toml": lambda config: config.prices,
    "schedules.toml": schedules.read,
    "windows.toml": lambda config: (config.windows, config.zone),
}
# The commands that use each file.
USES = {
    "accounts.toml": ("usage account", "preview"),
    "agents.toml": ("aliases", "reset", "snapshot start codex --capture"),
    "budgets.toml": ("budget", "preview", "checkpoint W0-CHN --plan 5"),
    "books.toml": ("usage", "preview"),
    "bundle.toml": ("bundle W0-CHN",),
    "churn.toml": ("churn",),
    "engine.toml": ("query proxy", "sql 'SELECT 1'"),
    "ledgers.toml": ("checkpoint W0-CHN --plan 5", "check"),
    "preview.toml": ("preview", "scoreboard"),
    "price_rules.toml": ("prices --explain claude-opus-4-6", "usage"),
    "prices.toml": ("prices", "cost-compare --window W0-CHN"),
    "schedules.toml": (
        *("schedule", "schedule --as systemd", "schedule --as launchd", "schedule --next"),
        *("schedule --due ingest", "capture ccusage-daily"),
    ),
    "windows.toml": ("preview", "reset", "audit --all"),
}
SAMPLE = (ROOT / "samples" / "telemetry" / "usage.jsonl").read_bytes()[:2000]
# The suite changes one value of each key of these, the soak all of every file.
SHORT = (*DECLARED, "feeds/codex.toml", "feeds/proxy-telemetry.toml")

NUL: list[tuple[str, Key, str]] = [
    ("agents.toml", ("agents", "main", "tmux", "command", 0), "reset"),
    ("agents.toml", ("agents", "claude", "capture", 0), "snapshot start claude --capture"),
    ("schedules.toml", ("captures", "ccusage-daily", "argv", 0), "capture ccusage-daily"),
    ("schedules.toml", ("logs", "folder"), "schedule"),
    ("ledgers.toml", ("folder",), "checkpoint W0-CHN --plan 5"),
    ("bundle.toml", ("folder",), "bundle W0-CHN"),
    ("churn.toml", ("repositories", "app"), "churn"),
    ("feeds/proxy-telemetry.toml", ("file",), "ingest proxy-telemetry"),
    ("feeds/claude.toml", ("roots", 0), "ingest claude"),
    ("feeds/claude.toml", ("environment",), "ingest claude"),
]


@pytest.mark.parametrize(("file", "key", "words"), NUL)
def test_a_nul_is_bad_configuration_at_the_front_door(
    shell: Shell, file: str, key: Key, words: str
) -> None:
    shell.ok("snapshot", "start", "codex", "--window", "W0-CHN", stdin=codex())
    before = shell.tree()
    (shell.config / file).write_text(changed(file, key, REFUSED["nul"]), "utf-8")
    sentence = shell.fails(78, *words.split())
    assert f"{shell.config / file}: {shown(key)} = 'a\\x00b' is not valid" in sentence
    assert shell.tree() == before


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    """A book with a snapshot, a log of Claude Code, and the config as it is shipped."""
    folder = tmp_path_factory.mktemp("values") / "place"
    inside = Inside(folder, declared=False)
    shutil.copytree(ROOT / "config", inside.config, dirs_exist_ok=True)
    project = inside.home / ".claude" / "projects" / "app"
    project.mkdir(parents=True)
    shutil.copy(ROOT / "samples" / "agents" / "claude.jsonl", project / "session.jsonl")
    assert inside.run("snapshot", "start", "codex", stdin=codex().encode()).code == 0
    with pytest.MonkeyPatch.context() as patch:
        # Relative paths count from here, not from the project.
        patch.setattr(folders, "PROJECT", str(folder / "here"))
        yield inside


def test_every_file_and_every_command_is_in_the_tables() -> None:
    assert len(KINDS) == 31
    assert set(DECLARED) == set(READ) == set(USES) == {file for file in FILES if "/" not in file}


@pytest.mark.parametrize("file", FILES if part() else SHORT)
def test_no_value_of_any_key_breaks_a_command(inside: Inside, file: str) -> None:
    cases = [(key, kind) for key in keys(file) for kind in KINDS]
    if not part():
        cases = cases[:: len(KINDS) + 1]  # another kind for each key
    kept = (inside.config / file).read_bytes()
    faults = []
    for key, kind in cases:
        (inside.config / file).write_text(changed(file, key, KINDS[kind]), "utf-8")
        try:
            READ.get(file, lambda config: config.feed(feed_of(file)))(Config(str(inside.config)))
        except BadConfig as error:
            fault = refusal_fault(f"{inside.config}/{file}", key, kind, str(error))
        else:
            fault = f"{kind} is accepted" if kind in REFUSED else use_fault(inside, file)
        faults += [(shown(key), kind, fault)] if fault else []
    (inside.config / file).write_bytes(kept)
    print(*faults[:20], sep="\n")
    record(
        f"No value in {file} breaks a command",
        "test_no_value_of_any_key_breaks_a_command",
        f"{len(faults)} faults in {len(cases):,} values of {len(keys(file))} keys",
        "0 faults",
        not faults,
    )


def feed_of(file: str) -> str:
    """The name of the feed that a file declares."""
    return file.removeprefix("feeds/").removesuffix(".toml")


def refusal_fault(path: str, key: Key, kind: str, sentence: str) -> str:
    """A fault of the sentence that refuses a value, or an empty text."""
    if not sentence.startswith(path) or len(sentence) > 1000 or "\n" in sentence:
        return f"not one sentence about the file: {sentence[:1000]!r}"
    if sentence.startswith(f"{path} is not TOML: "):  # it names the line, or the nesting
        return "" if kind in ("surrogate", "5000 digits", "deeper") else sentence
    # A whole table may be wrong.
    names = [shown(key[:end]) for end in range(1, len(key) + 1)]
    names += [name.partition(".")[2] for name in names]
    if kind in REFUSED:
        named = shown(key) in sentence
    else:
        named = any(f"{before}{name}" in sentence for name in names if name for before in " .")
    return "" if named else f"the sentence does not name the key: {sentence}"


def use_fault(inside: Inside, file: str) -> str:
    """A fault of the commands that use an accepted value, or an empty text."""
    feed = feed_of(file)
    for words in USES.get(file, (f"ingest {feed}", "ingest")):
        name, *rest = words.split()
        stdin = SAMPLE if feed == "proxy-telemetry" and name == "ingest" else b""
        done = inside.run(name, *rest, stdin=stdin)
        is_said = all(line.startswith(f"{name}: ") for line in done.err.splitlines())
        if done.code not in (0, 1, USAGE, *codes()) or not is_said:
            return f"{words}: {done}"
        if done.code == 78 and str(inside.config / file) not in done.err:
            return f"{words} does not name the file: {done}"
    return ""
