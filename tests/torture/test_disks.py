"""A real full disk: no row is half there, and no sentence says otherwise."""

import os
import subprocess
from pathlib import Path

from torture.figures import record, skip
from torture.writers import Writer, begun, ok, run

PROMISE, TEST = "A full disk leaves the book as it was", "test_a_full_disk"


def test_a_full_disk(tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(place)]
    mounted = subprocess.run(words, capture_output=True, text=True, check=False)
    if mounted.returncode:
        skip(PROMISE, TEST, "0 wrong", f"no mounts here ({mounted.stderr.strip()[:80]})")
    try:
        begun(place)
        book = place / "book"
        before = (book / "snapshots.jsonl").read_bytes()
        free = os.statvfs(place)
        with (place / "fill").open("wb", buffering=0) as file:
            for _ in range(free.f_bavail):
                try:
                    file.write(b"x" * free.f_bsize)
                except OSError:
                    break
        writer = Writer("full", ("snapshot", "end", "codex", "--set", "5h=20"), begun)
        wrong = 0
        for notes in range(20):
            done = run([*writer.command(place), "--notes", "n" * 4000 + str(notes)], place)
            wrong += done.returncode == 0 and before == (book / "snapshots.jsonl").read_bytes()
            wrong += done.returncode not in (0, 74) or "Traceback" in done.stderr
        (place / "fill").unlink()
        ok(place, "snapshot", "end", "codex", "--set", "5h=20")
        ok(place, "check")
        wrong += not (book / "snapshots.jsonl").read_bytes().startswith(before)
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)
    record(PROMISE, TEST, f"{wrong} wrong of 20 commands on a full tmpfs", "0 wrong", not wrong)
