"""Journals of several hosts with chains, and random edits of their lines."""

import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from types import SimpleNamespace
from unittest import mock

from burnbook.book import codec, journal
from burnbook.book.chain import links
from burnbook.check.chains.report import ChainReport
from burnbook.check.chains.verify import check_chains
from burnbook.rows.meters import Anomaly


@contextmanager
def named(host: str) -> Iterator[None]:
    """This process runs on a host of this name."""
    with mock.patch.object(os, "uname", return_value=SimpleNamespace(nodename=host)):
        yield


def anomaly(subject: str) -> bytes:
    """A line of an invented row."""
    fields = {"kind": "test", "subject": subject, "first": 1, "second": 2, "detail": "x"}
    return codec.encode(codec.make(Anomaly, first_from=None, second_from=None, **fields))


def append(book: Path, host: str, *subjects: str, journal_name: str = "anomalies") -> bytes:
    """Appends rows of a host in one append; returns them as they were written."""
    path = journal.path_of(str(book), journal_name)
    start = journal.size(path)
    with named(host):
        rows = b"".join(map(anomaly, subjects))
        end = journal.append(str(book), {journal_name: rows})[journal_name]
    return journal.at(path, [(start, end - start)])[0]


def sealed(line: bytes) -> bytes:
    """A line with a crc that holds."""
    body = line.rpartition(b',"crc":"')[0]
    return b'%b,"crc":"%08x"}\n' % (body, zlib.crc32(body))


def edited(random: Random, lines: list[bytes]) -> tuple[str, list[bytes]]:
    """An edit that keeps every crc valid: what was done, and the lines after it."""
    kind = random.choice(("change", "delete", "insert", "swap", "move", "cut"))
    result, at = list(lines), random.randrange(len(lines))
    if kind == "change":
        digits = [n for n, byte in enumerate(result[at][:-18]) if chr(byte).isdigit()]
        position = random.choice(digits)
        text = bytearray(result[at])
        text[position] = ord("1") if text[position] != ord("1") else ord("2")
        result[at] = sealed(bytes(text))
    elif kind == "delete":
        del result[at]
    elif kind == "insert":
        result.insert(at, sealed(result[at].replace(b'"id":"', b'"id":"f')))
    elif kind == "cut":
        del result[at : at + random.randrange(1, 6)]
    else:
        other = random.choice([n for n in range(len(lines)) if n != at])
        if kind == "swap":
            result[at], result[other] = result[other], result[at]
        else:
            result.insert(other, result.pop(at))
    return f"{kind} at line {at + 1}", result


def is_noticed(before: ChainReport, after: ChainReport) -> bool:
    """Whether an edit is found: by a fault, or because a head that was known is gone."""
    hashes = {head.hash for head in after.heads}
    return any(finding.is_fault for finding in after.findings) or any(
        head.hash not in hashes for head in before.heads
    )


def check(book: Path, name: str = "anomalies") -> ChainReport:
    """Verifies the chains of a journal."""
    return check_chains(str(book), name)


def by_host(lines: list[bytes]) -> dict[bytes | None, list[bytes]]:
    """The lines of each host in order, which a merge keeps; that of two hosts is another's."""
    hosts: dict[bytes | None, list[bytes]] = {}
    for line in lines:
        hosts.setdefault(links.host_of(line), []).append(line)
    return hosts
