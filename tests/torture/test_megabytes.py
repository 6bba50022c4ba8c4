"""The cost of one megabyte of the worst input of each kind. A benchmark, for the soak alone."""

import os
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
import zstandard
from burnbook.ledgers.csv_ledger import TOKENS
from frontdoor import ROOT

from torture.figures import part, record

MEGABYTE = 1 << 20
SECONDS, MEMORY = 1.0, 200 << 20

pytestmark = pytest.mark.skipif(not part(), reason="a benchmark of the soak")


def times(unit: str, head: str = "", tail: str = "") -> bytes:
    """A megabyte of `unit`, between a head and a tail."""
    room = MEGABYTE - len(head.encode()) - len(tail.encode())
    return (head + unit * (room // len(unit.encode())) + tail).encode()


def packed(line: bytes) -> bytes:
    """A megabyte of zstd that unpacks to as much of a line as is read, and more."""
    packer = zstandard.ZstdCompressor().compressobj()
    piece = line * (MEGABYTE // len(line))
    bomb = b"".join([packer.compress(piece) for _ in range(128)]) + packer.flush()
    room = MEGABYTE - len(bomb) - 8
    return bomb + struct.pack("<II", 0x184D2A50, room) + bytes(room)


SPAN = '{"spanId":"1","attributes":{"gen_ai.request.model":"m"}},'
INPUTS: dict[str, list[bytes]] = {
    "pane": [
        *map(
            times, ("\x1b[199C", "\x1b[199Ca\n", "a\r", "\t", "é\u0301", "Account: a@b.cc (Pro)\n")
        ),
        *map(times, ("X limit:\n5h limit: [█] 11% left (resets 20:24)\n", "a@b.c" * 8 + "\n")),
    ],
    "feed line": [
        *(times(unit, "[", "0]") for unit in ("{},", "[],", "0,", SPAN)),
        times(SPAN, '{"resourceSpans":[{"scopeSpans":[{"spans":[', "{}]}]}]}"),
        ("{" + ",".join(f'"{number}.":0' for number in range(90_000)) + "}").encode(),
    ],
    "zst log": [
        *map(packed, (b"\n", b"x", b'"token_count"\n', b'{"type":"token_count"}\n')),
        packed(b'"token_count"\n' + b"a" * 14 + b"\n" * 10_000),
    ],
    "TOML": [
        *(times(unit, "a=[", "]") for unit in ("0,", "[],", "2026-11-22T09:00:00Z,")),
        b"a=" + b"9" * (MEGABYTE - 3),
        b"".join(b"[a%d]\n" % number for number in range(90_000)),
        b"".join(b"a" + b".a" * 400 + b".b%d=1\n" % number for number in range(1200)),
    ],
    "ledger": [
        times(unit, ",".join(TOKENS.columns) + "\n") for unit in ("a\n", "\n", "\r", ",", '"')
    ]
    + [times(",,,,,,,,,,,,,,,,k\n", ",".join(TOKENS.columns) + "\n")],
}


def command(kind: str, data: bytes, scratch: Path) -> tuple[list[str], dict[str, str]]:
    """A command that reads this input, and its environment."""
    book, config = scratch / "book", scratch / "config"
    shutil.copytree(ROOT / "config", config)
    words = ["--data-dir", str(book), "--config-dir", str(config)]
    file = scratch / "input"
    file.write_bytes(data)
    named = ["--window", "W1", "--file", str(file)]
    if kind == "pane":
        return ["snapshot", "start", "codex", *named, *words], {}
    if kind == "feed line":
        return ["ingest", "otel-genai", *named, *words], {}
    if kind == "zst log":
        folder = scratch / "codex" / "sessions"
        folder.mkdir(parents=True)
        file.rename(folder / "rollout-a.jsonl.zst")
        return ["ingest", "codex", *words], {"CODEX_HOME": str(scratch / "codex")}
    if kind == "TOML":
        file.rename(config / "windows.toml")
        return ["preview", "--window", "W1", *words], {}
    (config / "ledgers.toml").write_text(
        f'folder = "{scratch}"\nhandoff = "{scratch}/handoff.md"\n'
    )
    file.rename(scratch / TOKENS.file)
    plan = ["--provider", "codex", "--plan", "9", "--actual", "1"]
    return ["checkpoint", "W0-CHN", *plan, *words], {}


def cost(words: list[str], more: dict[str, str]) -> tuple[float, int, int]:
    """CPU seconds and bytes of the largest process, and the exit code."""
    process = subprocess.Popen(
        [str(ROOT / "bin" / words[0]), *words[1:]],
        env=os.environ | more,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime, used.ru_maxrss << 10, process.returncode


@pytest.mark.parametrize("kind", INPUTS)
def test_a_megabyte(tmp_path: Path, kind: str) -> None:
    seconds, memory, codes = 0.0, 0, set()
    for number, data in enumerate(INPUTS[kind]):
        folder = tmp_path / str(number)
        folder.mkdir()
        took, peak, code = cost(*command(kind, data, folder))
        seconds, memory = max(seconds, took), max(memory, peak)
        codes.add(code)
    record(
        f"1 MiB of the worst {kind} takes less than 1 s of CPU and 200 MB",
        "test_a_megabyte",
        f"{seconds:.2f} s and {memory >> 20} MiB, the most of {len(INPUTS[kind])} inputs",
        "under 1 s and 200 MiB, exit 0, 65 or 78",
        seconds < SECONDS and memory < MEMORY and codes <= {0, 65, 78},
    )
