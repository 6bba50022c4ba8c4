"""Every command that writes is put through the torture; every other is seen to write nothing."""

from pathlib import Path

from inside import VERBS
from test_recipes import WAYS, attribute, justfile

from torture.setups import END, edited_pages, ok
from torture.writers import WRITERS, facts, journals

# Words with which a script only reads. The rest of bin/ writes, and has to be in WRITERS.
READ = {
    "aliases": (),
    "attribute": (),
    "audit": ("--all",),
    "check": (),
    "completions": ("bash",),
    "cost-compare": ("--window", "W1"),
    "decide": ("--window", "W1"),
    "export": (),
    "forecast": (),
    "preview": ("--window", "W1"),
    "prices": (),
    "query": ("proxy",),
    "rate": (),
    "report": ("--out", "/dev/null"),
    "scoreboard": (),
    "sql": ("SELECT count(*) FROM snapshots",),
    "timer": ("W1",),
    "usage": (),
    "watch": ("W1", "--tab", "days"),
    "windows": (),
}
# These write only a scratch folder, which is not part of a book. A killed demo leaves one in the
# system's; that of a killed doctor is reported by `check` and removed by `repair`.
SCRATCH = {"demo", "doctor"}
KEYS = {"proof"}  # writes its key to the user's config folder, and no row
# `prices --update` replaces one file in one rename, and needs a package that is not set up here.


def test_every_script_that_writes_is_broken_here() -> None:
    broken = {writer.words[0] for writer in WRITERS}
    assert broken | set(READ) | SCRATCH | KEYS == set(VERBS)
    assert not broken & set(READ)


def test_every_writing_recipe_is_tested_here() -> None:
    recipes = {name for name, recipe in justfile().items() if attribute(recipe, "metadata")}
    assert len(recipes) >= 12
    for name in recipes:
        words = tuple(WAYS[name])
        assert any(writer.words[: len(words)] == words for writer in WRITERS), name


def test_names_are_distinguished() -> None:
    assert len({writer.name for writer in WRITERS}) == len(WRITERS)


def test_a_script_that_reads_writes_nothing(tmp_path: Path) -> None:
    edited_pages(tmp_path)
    ok(tmp_path, "ingest", "proxy-telemetry", "--at", END)
    before = facts(tmp_path), journals(tmp_path)
    for script, words in READ.items():
        ok(tmp_path, script, *words, "--at", END)
        assert (facts(tmp_path), journals(tmp_path)) == before, script
