"""Power cuts: a private ext4 is shut down at a random moment, with nothing flushed, and mounted
again. Acknowledged rows exist, no file is empty or torn, and the next commands work."""

import fcntl
import json
import os
import random
import re
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from burnbook.book.book import Book
from conftest import codex
from frontdoor import ROOT
from inside import Inside
from waiting import LONG

from torture.figures import long, record, skip
from torture.test_killed import keep_booking

EXT4_IOC_SHUTDOWN, NOLOGFLUSH = 0x8004587D, 2
PROMISE, TEST = "A power cut loses no acknowledged row and leaves no empty file", "test_power_cuts"
TARGET = "0 lost, 0 empty or torn, 0 faults"
STATUS = json.loads((ROOT / "samples" / "agents" / "statusline.json").read_text())
_ID = re.compile(r'"id": "([a-z]-[0-9a-f]{18})"')
_BOOKS = 20  # cuts of one book


def call(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(words, capture_output=True, text=True, check=False)


def work(stage: Inside, cut: int, report_fd: int) -> None:
    """Call one command after another, and say each id once it is booked, until one fails."""
    for number in range(1_000_000):
        minute, second = divmod(number, 60)
        at = ("--at", f"2026-11-22T{9 + minute // 60:02}:{minute % 60:02}:{second:02}")
        window = ("--window", f"W{cut}.{number // 5}")
        STATUS["rate_limits"]["five_hour"]["used_percentage"] = number % 100
        rid = f"{cut}.{number}"
        event = {"ts": "2026-11-22T10:00:00Z", "rid": rid, "lane": "glm", "model": "m"}
        fields = {"status": "ok", "input_tokens": 1, "output_tokens": 1, "latency_ms": 1}
        calls = (
            (("snapshot", "start", "codex", *window), codex(five=number % 90)),
            (("snapshot", "end", "codex", *window), codex(five=number % 90)),
            (("checkpoint", window[1], "--actual", str(number)), ""),
            (("ingest", "proxy-telemetry", *window), json.dumps(event | fields) + "\n"),
            (("statusline",), json.dumps(STATUS)),
            (("undo", "codex", *window), ""),
        )
        for words, stdin in calls if number % 5 == 4 else calls[:-1]:
            done = stage.run(*words, *at, "--format", "json", stdin=stdin.encode())
            if done.code:
                return
            ids = [rid] if words[0] == "ingest" else _ID.findall(done.out)
            os.write(report_fd, "".join(f"{row_id}\n" for row_id in ids).encode())


def forked(act: Callable[[], None]) -> int:
    """The pid of a child that does this until it ends."""
    child = os.fork()
    if not child:
        try:
            act()
            os._exit(0)
        finally:
            os._exit(1)
    return child


def until_the_cut(stage: Inside, cut: int, wait: float, mount_point: Path) -> list[str]:
    """Book commands, or rows alone, until nothing reaches the disk; return acknowledged lines.

    These were printed before the cut. An fsync during the shutdown of the kernel may still return
    success (ext4 of Linux 6.18), which a real cut would prevent.
    """
    read_end, write_end = os.pipe()
    root = str(stage.book)
    child = forked(
        lambda: work(stage, cut, write_end) if cut % 3 else keep_booking(root, cut, write_end)
    )
    os.close(write_end)
    select.select([read_end], [], [], LONG)  # the first row is acknowledged, also on a busy machine
    time.sleep(wait)
    folder = os.open(mount_point, os.O_RDONLY)
    received = os.read(read_end, 1 << 20) if select.select([read_end], [], [], 0)[0] else b""
    fcntl.ioctl(folder, EXT4_IOC_SHUTDOWN, struct.pack("I", NOLOGFLUSH))
    os.close(folder)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(read_end)
    return received.decode().splitlines()


def looked_at(stage: Inside) -> tuple[set[str], list[str]]:
    """Every id and request in the book; faults of its files, and after the next commands.

    A state or ledger may be behind its journal until the next command of its kind.
    """
    book = Book(str(stage.book))
    names = ("anomalies", "snapshots", "checkpoints", "meters", "churn")
    there = {row.id for name in names for row in book.rows(name)}
    there |= {row.rid for row in book.rows("proxy_telemetry")}
    corrupt = sum(skipped.unreadable for skipped in book.skipped.values())
    wrong = [f"{corrupt} corrupt rows"] * (corrupt > 0)
    files = [*(stage.book / "state").rglob("*"), *stage.docs.rglob("*")]
    for path in files:
        if path.is_file() and not path.name.endswith(".tmp"):
            data = path.read_bytes()
            if not data.endswith(b"\n") or b"\0" in data:
                wrong.append(f"{path.name} is empty or torn: {data[-50:]!r}")
    pane = codex().encode()
    for words in (
        ("snapshot", "start", "codex", "--window", "W1"),
        ("checkpoint", "W1"),
        ("check",),
    ):
        done = stage.run(*words, stdin=pane)
        wrong += [f"{words[0]} after it: {done}"] * (done.code != 0)
    return there, wrong


def test_power_cuts(tmp_path: Path) -> None:
    # In memory where that goes: the disk under a file system that is cut off would only be slow.
    memory = Path("/dev/shm")
    folder = tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else tmp_path)
    image, mount_point = Path(folder.name, "image"), tmp_path / "place"
    mount_point.mkdir()
    with image.open("wb") as file:
        file.truncate(64 << 20)
    mkfs = shutil.which("mkfs.ext4", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    mkfs_result = call(mkfs, "-q", "-F", str(image)) if mkfs and os.geteuid() == 0 else None
    if mkfs_result is None or mkfs_result.returncode:
        skip(PROMISE, TEST, TARGET, "only root may mount, and mkfs.ext4 has to be there")
    cuts, lot, acknowledged = long(3, 200), random.Random(1), set[str]()
    lost, rows, commands, wrong = 0, 0, 0, list[str]()
    looked_at(Inside(tmp_path / "warm"))  # imports
    for cut in range(cuts):
        mounted = call("mount", "-o", "loop", str(image), str(mount_point))
        if mounted.returncode:
            skip(PROMISE, TEST, TARGET, f"no loop mounts here ({mounted.stderr.strip()[:80]})")
        # Config is outside, because it is not affected by the cut.
        stage = Inside(tmp_path / f"stage{cut}")
        stage.book, stage.docs = (
            mount_point / f"{name}{cut // _BOOKS}" for name in ("book", "docs")
        )
        stage.pages()
        try:
            lines = until_the_cut(stage, cut, lot.uniform(0.1, 0.4), mount_point)
        finally:
            call("umount", "-l", str(mount_point))
        acknowledged = (acknowledged if cut % _BOOKS else set()) | set(lines)
        assert call("mount", "-o", "loop", str(image), str(mount_point)).returncode == 0
        try:
            there, faults = looked_at(stage)
        finally:
            call("umount", str(mount_point))
        if acknowledged - there:
            print(f"cut {cut} lost", sorted(acknowledged - there))
        lost, rows = lost + len(acknowledged - there), rows + len(lines)
        commands += sum(not line.startswith("a-") for line in lines)  # the others book anomalies
        wrong += [f"cut {cut}: {why}" for why in faults]
    print(*wrong, sep="\n")
    assert commands, "nobody got to book a row: the test tells nothing"
    record(
        PROMISE,
        TEST,
        f"{lost} lost of {rows:,} rows ({commands:,} of them by six commands), {len(wrong)} files "
        f"or next commands wrong, in {cuts} cuts{'; the first: ' + wrong[0] if wrong else ''}",
        TARGET,
        not lost and not wrong,
    )
