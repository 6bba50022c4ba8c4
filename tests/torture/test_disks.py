"""A real full disk, and a read-only one: no row is half written, and every message is true."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from frontdoor import ROOT

from torture.breaking import Stage
from torture.figures import part, record, skip
from torture.judging import Judge
from torture.warm import Done
from torture.writers import LOUD, Writer, before_and_after, journals, ok, one_before, run

PROMISE, TEST = "A full disk leaves the book as it was", "test_a_full_disk"


def test_a_full_disk(tmp_path: Path) -> None:
    folder = tmp_path / "place"
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(folder)]
    mounted = subprocess.run(words, capture_output=True, text=True, check=False)
    if mounted.returncode:
        skip(PROMISE, TEST, "0 wrong", f"no mounts here ({mounted.stderr.strip()[:80]})")
    try:
        one_before(folder)
        book = folder / "book"
        before = (book / "snapshots.jsonl").read_bytes()
        free = os.statvfs(folder)
        with (folder / "fill").open("wb", buffering=0) as file:
            for _ in range(free.f_bavail):
                try:
                    file.write(b"x" * free.f_bsize)
                except OSError:
                    break
        writer = Writer("full", ("snapshot", "end", "codex", "--set", "5h=20"), one_before)
        wrong = 0
        for notes in range(20):
            done = run([*writer.command(folder), "--notes", "n" * 4000 + str(notes)], folder)
            wrong += done.returncode == 0 and before == (book / "snapshots.jsonl").read_bytes()
            wrong += done.returncode not in (0, 74) or "Traceback" in done.stderr
        (folder / "fill").unlink()
        ok(folder, "snapshot", "end", "codex", "--set", "5h=20")
        ok(folder, "check")
        wrong += not (book / "snapshots.jsonl").read_bytes().startswith(before)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)
    record(PROMISE, TEST, f"{wrong} wrong of 20 commands on a full tmpfs", "0 wrong", not wrong)


READ_ONLY = "On a read-only disk nothing is written, and readers read"
ITS_TEST = "test_a_read_only_disk"


def test_a_read_only_disk(tmp_path: Path) -> None:
    wrong = []
    writers = LOUD if part() else LOUD[1:2]
    for writer in writers:
        judge = Judge(Stage(writer, tmp_path))
        judge.stage.reset()
        folder = judge.stage.folder
        with read_only(folder):
            done = run(writer.command(folder), folder, writer.stdin)
            if not refuses(writer, done):
                wrong.append(f"{writer.name}: {done}")
            if "Traceback" in done.stderr or journals(folder) != judge.before:
                wrong.append(f"{writer.name}: {done}")
        wrong += [f"{writer.name}: {why}" for why in judge.again()]
    folder = tmp_path / "read"
    folder.mkdir()
    before_and_after(folder)
    readers = (("preview", "--window", "W1"), ("check",), ("budget", "--window", "W1"), ("audit",))
    for words in readers:
        command = [str(ROOT / "bin" / words[0]), *words[1:], "--at", "2026-11-22T13:00"]
        quiet = run(command, folder)
        with read_only(folder):
            done = run(command, folder)
        is_same = (done.returncode, done.stdout) == (quiet.returncode, quiet.stdout)
        wrong += [f"{words[0]}: {done}"] * (not is_same)
    print(*wrong, sep="\n")
    record(
        READ_ONLY,
        ITS_TEST,
        f"{len(wrong)} wrong of {len(writers)} commands that write and {len(readers)} that read"
        f"{'; the first: ' + wrong[0] if wrong else ''}",
        "0 wrong",
        not wrong,
    )


def refuses(writer: Writer, done: Done) -> bool:
    """Whether a command says that it failed. Of several sources, the table says which ones did."""
    is_silent = not done.stdout or writer.batches > 1
    last = done.stderr.splitlines()[-1:]
    is_named = any(line.startswith(writer.words[0]) for line in last)
    return done.returncode == 74 and is_silent and is_named


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """A place whose file system can be read alone, for everybody."""
    mounted = subprocess.run(
        ["mount", "--bind", str(folder), str(folder)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        skip(READ_ONLY, ITS_TEST, "0 wrong", f"no mounts here ({mounted.stderr.strip()[:80]})")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)
