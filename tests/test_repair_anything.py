"""For any damage to the files of a book, repair keeps every valid row and leaves a valid book."""

import os
import random
from pathlib import Path

import pytest
from burnbook.base.errors import BadData
from burnbook.book import codec
from conftest import Shell
from inside import Inside
from test_check import usage
from test_repair import booked
from torture.figures import long, record


def files_of(shell: Shell) -> list[Path]:
    """Files that a disk may damage: all but the lock and the leftovers of repairs."""
    paths = [path for path in sorted(shell.book.rglob("*")) if path.is_file()]
    return [path for path in paths if path.name != ".lock" and ".jsonl." not in path.name]


def damage(path: Path, chance: random.Random) -> None:
    """Flip a bit, cut off, append noise, fill in NULs, or put a line in twice."""
    data = path.read_bytes()
    at = chance.randrange(len(data) + 1)
    how = chance.randrange(5)
    if how == 0 and at < len(data):
        data = data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]
    elif how == 1:
        data = data[:at]
    elif how == 2:
        data += chance.randbytes(chance.randrange(1, 50))
    elif how == 3:
        data = data[:at] + b"\0" * chance.randrange(1, 200) + data[at:]
    elif data:
        lines = data.splitlines(keepends=True)
        lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))
        data = b"".join(lines)
    path.write_bytes(data)


def holding(shell: Shell) -> dict[str, list[bytes]]:
    """The lines of each journal that hold, the first of each id."""
    lines_by_journal: dict[str, list[bytes]] = {}
    for path in sorted(shell.book.rglob("*.jsonl")):
        name = str(path.relative_to(shell.book))[: -len(".jsonl")]
        lines: dict[str, bytes] = {}
        for line in path.read_bytes().split(b"\n")[:-1]:
            try:
                row = codec.verify(name, line + b"\n")
            except BadData:
                continue
            lines.setdefault(row.id, line)
        lines_by_journal[name] = list(lines.values())
    return lines_by_journal


def test_any_damage_is_repaired_without_losing_valid_rows(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked(shell)
    shell.ok("ingest", "proxy-telemetry", "--window", "W0-CHN", stdin=usage(3, 90) + "oops\n")
    shell.ok("checkpoint", "W0-CHN", "--at", "2026-11-22T12:05")
    inside = Inside(tmp_path / "x")
    inside.book, inside.config, inside.docs = shell.book, shell.config, shell.docs
    monkeypatch.setattr(os, "fsync", lambda handle: None)  # no power is cut here
    chance = random.Random(6)
    tried, wrong = long(6, 300), []
    for turn in range(tried):
        for _ in range(chance.randrange(1, 4)):
            damage(chance.choice(files_of(shell)), chance)
        wanted = holding(shell)
        codes = [inside.run("repair", "--yes").code, inside.run("check").code]
        again = inside.run("repair", "--yes")
        kept = holding(shell)
        # The anomalies of this repair come behind those that hold.
        lost = [name for name, lines in wanted.items() if kept[name][: len(lines)] != lines]
        if any(codes) or lost or not again.out.startswith("nothing to repair"):
            wrong.append((turn, codes, lost, again.out))
    figure = f"{tried - len(wrong)} of {tried} damaged books were repaired, no row lost"
    name = "test_any_damage_is_repaired_without_losing_valid_rows"
    print(*wrong, sep="\n")
    record("Repair keeps every row that holds", name, figure, "all", not wrong)
