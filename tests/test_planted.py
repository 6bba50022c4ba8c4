"""Code planted in the current folder, the environment or `.env` does not run."""

from pathlib import Path

import pytest
from frontdoor import House
from manual import clone_in
from torture.figures import record

EVIL = "import os\nopen(os.environ.get('SEEN', '/nonexistent/seen'), 'a').write('ran ')\n"
MODULES = (
    "json",
    "re",
    "msgspec",
    "burnbook",
    "argparse",
    "sitecustomize",
    "usercustomize",
    "tomli",
)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A copy of the project as a user has it."""
    return clone_in(tmp_path_factory.mktemp("planted"))


def test_planted_modules_and_variables_run_nothing(clone: House, tmp_path: Path) -> None:
    here, seen = tmp_path / "here", tmp_path / "seen"
    here.mkdir()
    for name in MODULES:
        (here / f"{name}.py").write_text(EVIL)
    (here / ".env").write_text("AGENT_ID=of-the-folder\n")
    (here / "justfile").write_text(f"_:\n    touch {seen}\npreview:\n    touch {seen}\n")
    planted = {
        "SEEN": str(seen),
        "PYTHONPATH": str(here),
        "PYTHONSTARTUP": str(here / "json.py"),
        "PYTHONHOME": str(here),
        "PYTHONUSERBASE": str(here),
    }
    book = str(tmp_path / "book")
    commands = ("bin/preview", "just preview", "bin/check")
    for command in commands:
        words = command.split()
        done = clone.run(*words, "--data-dir", book, "--format", "json", cwd=here, **planted)
        assert "of-the-folder" not in done.stdout + done.stderr
        assert "raceback" not in done.stderr, done
        assert not seen.exists(), command
    record(
        "What is planted in the current folder or PYTHON* does not run",
        "test_planted_modules_and_variables_run_nothing",
        f"0 ran of {len(MODULES)} modules, a justfile, a .env and {len(planted) - 1} variables, "
        f"through {', '.join(commands)}",
        "0 ran",
        not seen.exists(),
    )


def test_only_two_kinds_of_names_count_in_dotenv(clone: House, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    library, book = tmp_path / "evil.so", tmp_path / "book"
    library.write_text("no library: the loader would say so on stderr")
    (clone.root / ".env").write_text(
        f"LD_PRELOAD={library}\nPATH={tmp_path}\nPYTHONPATH={tmp_path}\nHOME=/nonexistent\n"
        f"BURNBOOK_DATA_DIR={book}\nAGENT_ID=from-dotenv\n"
        f"X=$(touch {seen})\nexport Y=`touch {seen}`\n"
    )
    try:
        done = clone.run(
            *("bin/snapshot", "start", "codex", "--set", "5h=1", "--window", "W0-CHN"),
        )
        assert (done.returncode, done.stderr) == (0, ""), done
        assert "from-dotenv" in done.stdout
        assert (book / "snapshots.jsonl").exists()
        record(
            "Of .env only AGENT_ID and BURNBOOK_* count: no LD_PRELOAD, no PYTHONPATH, no shell",
            "test_only_two_kinds_of_names_count_in_dotenv",
            f"0 of {4 + 2} others counted or ran",
            "0 ran",
            not seen.exists(),
        )
    finally:
        (clone.root / ".env").unlink()
