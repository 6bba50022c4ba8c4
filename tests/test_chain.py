"""Chains of hashes: every edit of a journal is found, and everything that is legal is not."""

from pathlib import Path
from random import Random
from time import process_time

import chains
import pytest
from burnbook.book import journal
from burnbook.book.book import Book
from burnbook.book.bulk_codec import Stamp
from burnbook.book.chain import links
from burnbook.check.chains.rewriting import Rewriting, rows_of
from burnbook.check.chains.verify import check_chains
from chains import append, by_host, check, edited, is_noticed, sealed
from torture.figures import long, record

NAME = "proxy_telemetry"


def faults(book: Path) -> list[str]:
    return [finding.reason for finding in check(book).findings if finding.is_fault]


def build(book: Path, random: Random, appends: int) -> Path:
    """A journal of three hosts with appends of one to nine rows."""
    count = 0
    for _ in range(appends):
        size = random.randrange(1, 10)
        host = random.choice(("laptop", "desktop", "server"))
        append(book, host, *(f"row {count + n}" for n in range(size)))
        count += size
    return book / "anomalies.jsonl"


@pytest.mark.parametrize("large", [False, True], ids=["a leaf a row", "large leaves"])
def test_random_edits_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: bool
) -> None:
    if large:
        monkeypatch.setattr(links, "LARGE", ("anomalies",))
        monkeypatch.setattr(links, "LEAF", 1000)
    random = Random(17)
    path = build(tmp_path, random, 40)
    text = path.read_bytes()
    lines = text.splitlines(keepends=True)
    before = check(tmp_path)
    assert before.findings == [] and before.covered == len(lines) and not before.uncovered
    missed = []
    for _ in range(200):
        kind, changed = edited(random, lines)
        path.write_bytes(b"".join(changed))
        if by_host(changed) != by_host(lines) and not is_noticed(before, check(tmp_path)):
            missed.append(kind)
    assert missed == []


def test_a_link_covers_the_rows_of_its_append(tmp_path: Path) -> None:
    text = append(tmp_path, "laptop", "a", "b", "c")
    first, second, last = text.splitlines(keepends=True)
    assert links.link_of(first) is links.link_of(second) is None
    link = links.link_of(last)
    assert link is not None and (link.rows, link.after) == (3, None)
    following = links.link_of(append(tmp_path, "laptop", "d"))
    assert following is not None and (following.rows, following.after) == (1, link.hash)
    other = links.link_of(append(tmp_path, "desktop", "e"))
    assert other is not None and other.after is None
    assert sorted(head.host for head in check(tmp_path).heads) == ["desktop", "laptop"]


def test_older_rows_and_those_of_a_killed_append_are_covered_by_the_next_link(
    tmp_path: Path,
) -> None:
    path = tmp_path / "anomalies.jsonl"
    with chains.named("laptop"):
        path.write_bytes(chains.anomaly("old 1") + chains.anomaly("old 2"))
    assert check(tmp_path).uncovered == {"laptop": 2}
    append(tmp_path, "laptop", "new")
    report = check(tmp_path)
    assert (report.covered, report.uncovered, report.findings) == (3, {}, [])
    with chains.named("laptop"):
        path.write_bytes(path.read_bytes() + chains.anomaly("killed"))
    link = links.link_of(append(tmp_path, "laptop", "later", "last").splitlines(True)[-1])
    assert link is not None and link.rows == 3
    assert check(tmp_path).covered == 6


def test_merged_rows_keep_their_chains(tmp_path: Path) -> None:
    laptop, desktop = tmp_path / "laptop", tmp_path / "desktop"
    for book in (laptop, desktop):
        book.mkdir()
    for n in range(3):
        append(laptop, "laptop", f"l{n}a", f"l{n}b")
        append(desktop, "desktop", f"d{n}a", f"d{n}b", f"d{n}c")
    others = (desktop / "anomalies.jsonl").read_bytes().splitlines(keepends=True)
    path = laptop / "anomalies.jsonl"
    for start, end in ((0, 2), (2, 7), (7, 9)):  # a merge in portions, with appends in between
        path.write_bytes(path.read_bytes() + b"".join(others[start:end]))
        append(laptop, "laptop", f"between {start}")
    report = check(laptop)
    assert (report.covered, report.findings, len(report.heads)) == (18, [], 2)


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: [*lines, *lines],
        lambda lines: [lines[0], lines[0], *lines[1:]],
        lambda lines: [*lines[:2], lines[0], *lines[2:]],
        lambda lines: [*lines[:6], lines[1], *lines[6:]],
        lambda lines: [*lines, lines[3]],
        lambda lines: [b"\xef\xbb\xbf" + lines[0], *lines[1:]],
        lambda lines: [line[:-1] + b"\r\n" for line in lines],
        lambda lines: [b"\n", *lines[:2], b"  \n", *lines[2:]],
    ],
    ids=["twice", "first", "in its append", "later", "link", "mark", "CRLF", "blank lines"],
)
def test_identical_lines_and_other_line_ends_are_no_fault(tmp_path: Path, change: object) -> None:
    append(tmp_path, "laptop", "a", "b", "c", "d")
    append(tmp_path, "laptop", "e", "f", "g", "h")
    path = tmp_path / "anomalies.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(change(lines)))  # type: ignore[operator]
    assert faults(tmp_path) == []
    append(tmp_path, "laptop", "next")
    assert faults(tmp_path) == []


def test_two_machines_of_one_name_are_a_note(tmp_path: Path) -> None:
    append(tmp_path, "vm", "a")
    path = tmp_path / "anomalies.jsonl"
    start = path.read_bytes()
    one = append(tmp_path, "vm", "b")
    path.write_bytes(start)
    other = append(tmp_path, "vm", "c")
    path.write_bytes(start + one + other)
    [finding] = check(tmp_path).findings
    assert not finding.is_fault and finding.reason.startswith("host vm has several chains")
    append(tmp_path, "vm", "d")
    assert faults(tmp_path) == []


def test_what_was_done_is_named_with_its_lines(tmp_path: Path) -> None:
    for name in ("abc", "def", "ghi"):
        append(tmp_path, "laptop", *name)
    path = tmp_path / "anomalies.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)

    def reasons(*changed: bytes) -> list[tuple[int, str]]:
        path.write_bytes(b"".join(changed))
        return [(finding.line, finding.reason) for finding in check(tmp_path).findings]

    changed = sealed(lines[4].replace(b'"first":1', b'"first":7'))
    assert reasons(*lines[:4], changed, *lines[5:]) == [
        (
            6,
            "the chain of host laptop does not match: a row on lines 4 to 6 was changed, removed, "
            "inserted or moved",
        )
    ]
    [(line, reason)] = reasons(*lines[:3], *lines[6:])
    assert (line, reason) == (6, "rows of host laptop before it were removed")
    moved = reasons(*lines[:3], *lines[6:], *lines[3:6])
    assert moved == [(6, "the rows of host laptop before it come later: rows were moved")]
    forged = sealed(lines[4].replace(b'"id":"a', b'"id":"b'))
    assert reasons(*lines[:3], forged, *lines[3:]) == [
        (4, "1 row of host laptop from here on are in no link: inserted or moved")
    ]


def test_a_row_that_would_be_too_long_with_a_link_is_covered_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with chains.named("laptop"):
        monkeypatch.setattr(links, "MAX_LINE", len(chains.anomaly("long")))
    assert b'"chain"' not in append(tmp_path, "laptop", "long")
    monkeypatch.undo()
    append(tmp_path, "laptop", "next")
    assert check(tmp_path).covered == 2


def test_what_repair_records_is_a_note(tmp_path: Path) -> None:
    for name in ("abc", "def", "ghi"):
        append(tmp_path, "laptop", *name)
    path = tmp_path / "anomalies.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    forged = sealed(lines[4].replace(b'"id":"a', b'"id":"b'))
    book = Book(str(tmp_path))
    for changed in (
        [*lines[:4], *lines[5:]],
        [*lines[:3], *lines[6:]],
        [*lines[:5], *lines[6:]],
        [*lines[:3], *lines[6:], *lines[3:6]],
        [*lines[:3], forged, *lines[3:]],
    ):
        path.write_bytes(b"".join(changed))
        (tmp_path / "rewrites.jsonl").unlink(missing_ok=True)
        before = check(tmp_path)
        assert before.unrecorded
        rows = rows_of("anomalies", "repair", before.unrecorded)
        book.commit([("rewrites", row) for row in rows].copy)
        after = check(tmp_path)
        assert after.unrecorded == []
        assert [finding.is_fault for finding in after.findings] == [False] * len(before.findings)
        assert all("rewrites.jsonl records it" in finding.reason for finding in after.findings)
        append(tmp_path, "laptop", "next")
        assert faults(tmp_path) == []


def test_a_rewritten_journal_matches_once_its_links_are_recorded(tmp_path: Path) -> None:
    for name in ("abc", "def", "ghi"):
        append(tmp_path, "laptop", *name)
    path, new = tmp_path / "anomalies.jsonl", tmp_path / "new"
    lines = path.read_bytes().splitlines(keepends=True)
    lines[7] = sealed(lines[7].replace(b'"first":1', b'"first":9'))  # not by the rewriting
    path.write_bytes(b"".join(lines))
    assert len(faults(tmp_path)) == 1
    for number in (1, 5):
        text = lines[number].replace(b'"detail":"x"', b'"detail":"forgotten"')
        lines[number] = sealed(text)
    new.write_bytes(b"".join(lines[:8]))
    with new.open("rb") as file:
        rewriting = Rewriting(str(tmp_path), "anomalies", "forget", file.fileno())
        rewriting.read()
        with new.open("ab") as target:
            target.write(lines[8])
        rows = rewriting.rows()
    assert [len(row.links) for row in rows] == [2]
    Book(str(tmp_path)).commit(lambda: [("rewrites", row) for row in rows])
    assert len(faults(tmp_path)) == 1, "the old journal matches too, if the rename did not happen"
    new.rename(path)
    report = check(tmp_path)
    assert [finding.line for finding in report.findings] == [9]
    assert check(tmp_path, "rewrites").findings == []


@pytest.mark.parametrize("number", range(9))
def test_a_corrupt_line_is_one_fault(tmp_path: Path, number: int) -> None:
    for name in ("abc", "def", "ghi"):
        append(tmp_path, "laptop", *name)
    path = tmp_path / "anomalies.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    for damaged in (b"garbage\n", lines[number].replace(b'"rows":', b'"rows":9'), lines[number]):
        lines[number] = damaged.replace(b'"first":1', b'"first":2')
        path.write_bytes(b"".join(lines))
        report = check_chains(str(tmp_path), "anomalies", {}, [number + 1])
        assert [finding for finding in report.findings if finding.is_fault] == []


def test_edits_of_a_large_journal_are_found(tmp_path: Path) -> None:
    """Each edit is made in a copy of the three appends around it, which is verified whole.

    Of some edits the whole journal is verified as well.
    """
    rows, each, edits = long(20_000, 1_000_000), 500, long(100, 10_000)
    (tmp_path / "whole").mkdir()
    (tmp_path / "part").mkdir()
    stamp = Stamp("t", "main", None, "proxy-telemetry")
    payload = b'"ts":"2026-11-22T10:00:00Z","rid":"r%d","model":"m","input_tokens":%d,"ok":true'
    for start in range(0, rows, each):
        keys = range(start, start + each)
        lines = stamp.lines(keys, [payload % (key, key * 7) for key in keys])
        journal.append(str(tmp_path / "whole"), {NAME: lines})
    random = Random(7)
    whole = (tmp_path / "whole" / f"{NAME}.jsonl").read_bytes().splitlines(keepends=True)
    assert check(tmp_path / "whole", NAME).covered == rows
    missed, path = [], tmp_path / "part" / f"{NAME}.jsonl"
    began = process_time()
    check(tmp_path / "whole", NAME)
    took = process_time() - began
    for number in range(edits):
        start = random.randrange(rows // each - 2) * each
        part = whole[start : start + 3 * each]
        path.write_bytes(b"".join(part))
        before = check(path.parent, NAME)
        kind, changed = edited(random, part)
        path.write_bytes(b"".join(changed))
        after = check(path.parent, NAME)
        known = [finding.reason for finding in before.findings]
        new = [finding for finding in after.findings if finding.reason not in known]
        is_found = any(finding.is_fault for finding in new) or before.heads[-1:] != after.heads[-1:]
        if is_found and number % (edits // 20) == 0:
            path.write_bytes(b"".join([*whole[:start], *changed, *whole[start + 3 * each :]]))
            is_found = any(finding.is_fault for finding in check(path.parent, NAME).findings)
        if not is_found:
            missed.append(f"{kind} in the part from line {start + 1}")
    figure = f"{len(missed)} of {edits:,} edits missed; {rows:,} rows verified in {took:.1f} s"
    is_fast = took < 10
    name = "test_edits_of_a_large_journal_are_found"
    record("edits of a large journal are found", name, figure, "0 missed, 10 s", is_fast)
    assert missed == []
