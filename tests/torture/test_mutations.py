"""Promises broken on purpose: each breach makes at least one test fail, so the tests see it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from frontdoor import ROOT

from torture.figures import part, record


class Mutation(NamedTuple):
    """A text that occurs once in a file, its replacement, and tests of which one must fail."""

    breaks: str
    file: str
    text: str
    instead: str
    tests: str


J, D = "tests/test_journal.py", "tests/torture/test_damage.py"
C = "tests/test_churn.py"
ONE = f"{J}::test_a_batch_is_one_write_then_a_sync_of_file_and_new_name"
CUT = "tests/torture/test_fsyncs.py::test_no_power_cut_loses_what_was_booked"
MUTATIONS = (
    Mutation(
        "let git replace objects",
        "churn/git.py",
        '    "GIT_NO_REPLACE_OBJECTS": "1",\n',
        "",
        f"{C}::test_objects_that_a_repository_replaces_are_counted_as_they_were_committed",
    ),
    Mutation(
        "let git fetch missing objects",
        "churn/git.py",
        '    "GIT_NO_LAZY_FETCH": "1",\n',
        "",
        f"{C}::test_each_of_two_settings_alone_prevents_a_fetch",
    ),
    Mutation(
        "write a crontab that was saved in the meantime",
        "schedule/crontab_file.py",
        "    if read() != before:\n",
        "    if False:\n",
        "tests/test_crontabs.py::test_a_crontab_that_is_saved_during_the_check_is_not_overwritten",
    ),
    Mutation(
        "let config have any value",
        "config/toml_values.py",
        "            self.wrong(name, *fault)\n",
        "            pass\n",
        "tests/test_config_values.py",
    ),
    Mutation(
        "drop the fsync",
        "book/journal.py",
        "            os.fsync(journal.handle)\n            if",
        "            pass\n            if",
        ONE,
    ),
    Mutation(
        "drop the directory's fsync",
        "book/journal.py",
        "                journal.path.parent.sync()\n    except",
        "                pass\n    except",
        ONE,
    ),
    Mutation(
        "drop the fsync of a replaced file",
        "base/rooted_path.py",
        "            if durable:\n                os.fsync(handle)\n",
        "",
        CUT,
    ),
    Mutation(
        "drop the fsync of a replaced file's folder",
        "base/rooted_path.py",
        "        if durable:\n            self.parent.sync()\n",
        "",
        CUT,
    ),
    Mutation(
        "drop the fsync of a new folder inside a book",
        "base/rooted_path.py",
        "(_CANNOT, error)) from None\n        self.parent.sync()\n",
        "(_CANNOT, error)) from None\n",
        CUT,
    ),
    Mutation(
        "drop the fsync of a new folder",
        "base/files.py",
        "        sync_dir(os.path.dirname(part) or os.curdir)\n",
        "",
        CUT,
    ),
    Mutation(
        "drop the fsync of a journal that is cut",
        "book/journal.py",
        "        os.ftruncate(handle, offset)\n        os.fsync(handle)\n",
        "        os.ftruncate(handle, offset)\n",
        CUT,
    ),
    Mutation(
        "drop the fsync of what is kept beside",
        "book/journal.py",
        "        os.fsync(beside.handle)\n",
        "",
        CUT,
    ),
    Mutation(
        "drop the fsync of rows that are taken back",
        "book/journal.py",
        "            os.fsync(journal.handle)\n    return is_back",
        "            pass\n    return is_back",
        CUT,
    ),
    Mutation(
        "drop the fsync of a journal's copy",
        "repair/rewrite.py",
        "        os.fsync(self.target)\n",
        "",
        CUT,
    ),
    Mutation(
        "write the row in two calls",
        "base/files.py",
        "len(data), os.write(handle, data) if data else 0",
        "len(data), os.write(handle, data[:1]) + os.write(handle, data[1:])",
        ONE,
    ),
    Mutation(
        "lock after reading",
        "book/book.py",
        "        with lock.book_lock(self._own_root, wait):\n",
        "        decided = build()\n        build = lambda: decided\n"
        "        with lock.book_lock(self._own_root, wait):\n",
        f"{D}::test_decisions_are_taken_under_the_lock",
    ),
    Mutation(
        "lock for nobody",
        "book/lock.py",
        "fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)",
        "fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)",
        f"{J}::test_a_busy_book_is_named_with_its_holder",
    ),
    Mutation(
        "skip the crc",
        "book/codec.py",
        "    if tail != crc + b'\"}\\n':",
        "    if False:",
        f"{D}::test_a_flipped_byte_is_found",
    ),
    Mutation(
        "remove the escape",
        "base/text.py",
        "    if value.isprintable():",
        "    if True:",
        f"{D}::test_terminal_controls_are_escaped",
    ),
    Mutation(
        "follow links",
        "base/rooted_path.py",
        "_FILE = os.O_NOFOLLOW | os.O_CLOEXEC",
        "_FILE = os.O_CLOEXEC",
        f"{J}::test_links_pipes_and_folders_are_not_opened",
    ),
    Mutation(
        "follow links of directories",
        "base/rooted_path.py",
        "inner = os.open(path, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)",
        "inner = os.open(path, _FOLDER, dir_fd=folder)",
        "tests/test_rooted.py",
    ),
    Mutation(
        "leave a failed row",
        "book/journal.py",
        "            os.ftruncate(journal.handle, journal.was)\n",
        "            pass\n",
        f"{J}::test_after_any_fault_every_journal_of_the_batch_is_as_it_was",
    ),
    Mutation(
        "believe rows that were taken back",
        "store/progress.py",
        "        return saved == mark(self.path, offset)\n",
        "        return True\n",
        "tests/test_store.py::test_the_file_of_another_book_is_not_believed",
    ),
    Mutation(
        "an id with the time in it",
        "book/codec.py",
        "    about = [getattr(row, name) for name in kind.about]",
        "    about = [__import__('time').time_ns()]",
        "tests/test_records.py",
    ),
)


def source(folder: Path, mutation: Mutation) -> Path:
    return folder / "lib" / "burnbook" / mutation.file


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda change: change.breaks.replace(" ", "-"))
def test_each_mutation_still_applies(mutation: Mutation) -> None:
    assert source(ROOT, mutation).read_text("utf-8").count(mutation.text) == 1


@pytest.mark.skipif(not part(), reason="in just soak alone: each runs tests in a copy")
def test_each_mutation_is_seen(tmp_path: Path) -> None:
    unseen = []
    for number, mutation in enumerate(MUTATIONS):
        copy = tmp_path / str(number)
        ignored = shutil.ignore_patterns(".git", ".venv", "__pycache__", "data")
        shutil.copytree(ROOT, copy, ignore=ignored)
        (copy / ".venv").symlink_to(ROOT / ".venv")
        path = source(copy, mutation)
        path.write_text(path.read_text("utf-8").replace(mutation.text, mutation.instead), "utf-8")
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", mutation.tests]
        apart = ("BURNBOOK_FIGURES", "BURNBOOK_SOAK")
        kept = {key: value for key, value in os.environ.items() if key not in apart}
        done = subprocess.run(command, cwd=copy, env=kept, capture_output=True, timeout=120)
        if done.returncode != 1:  # 1: tests ran, and some failed
            unseen.append(mutation.breaks)
    record(
        "A promise broken on purpose is seen by a test",
        "test_each_mutation_is_seen",
        f"{len(MUTATIONS) - len(unseen)} of {len(MUTATIONS)} seen{'; not: ' if unseen else ''}"
        f"{', '.join(unseen)}",
        "all seen",
        not unseen,
    )
