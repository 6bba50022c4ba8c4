"""Power cuts: an ext4 of its own is shut down at a random moment, with nothing flushed, and mounted
again. What was acknowledged is there."""

import fcntl
import os
import random
import shutil
import signal
import struct
import subprocess
import time
from pathlib import Path

from burnbook.book import Book

from torture.figures import long, record, skip
from torture.test_killed import keep_booking

EXT4_IOC_SHUTDOWN, NOLOGFLUSH = 0x8004587D, 2
PROMISE, TEST, TARGET = "A power cut loses no acknowledged row", "test_power_cuts", "0 lost"


def call(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_power_cuts(tmp_path: Path) -> None:
    image, place = tmp_path / "image", tmp_path / "place"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(32 << 20)
    mkfs = shutil.which("mkfs.ext4", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    made = call(mkfs, "-q", "-F", str(image)) if mkfs and os.geteuid() == 0 else None
    if made is None or made.returncode:
        skip(PROMISE, TEST, TARGET, "only root may mount, and mkfs.ext4 has to be there")
    cuts, lot, said, torn, rows = long(3, 200), random.Random(1), set[str](), 0, 0
    for cut in range(cuts):
        mounted = call("mount", "-o", "loop", str(image), str(place))
        if mounted.returncode:
            skip(PROMISE, TEST, TARGET, f"no loop mounts here ({mounted.stderr.strip()[:80]})")
        try:
            root = str(place / f"book{cut // 20}")
            hear, tell = os.pipe()
            child = os.fork()
            if not child:
                try:
                    keep_booking(root, cut, tell)
                finally:
                    os._exit(1)
            os.close(tell)
            time.sleep(lot.uniform(0.1, 0.3))
            folder = os.open(place, os.O_RDONLY)
            fcntl.ioctl(folder, EXT4_IOC_SHUTDOWN, struct.pack("I", NOLOGFLUSH))
            os.close(folder)
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            with os.fdopen(hear, "rb") as pipe:
                lines = [line for line in pipe.readlines() if line.endswith(b"\n")]
        finally:
            call("umount", "-l", str(place))
        said = (said if cut % 20 else set()) | {line.decode().strip() for line in lines}
        assert call("mount", "-o", "loop", str(image), str(place)).returncode == 0
        try:
            there = {row.id for row in Book(root).rows("anomalies")}
        finally:
            call("umount", str(place))
        torn += len(said - there)
        rows += len(lines)
    assert rows, "nobody got to book a row: the test tells nothing"
    record(PROMISE, TEST, f"{torn} lost of {rows:,} rows in {cuts} cuts", TARGET, not torn)
