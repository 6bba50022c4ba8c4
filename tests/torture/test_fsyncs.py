"""Every fsync is needed: without it, a disk that forgets unsynced data loses something.

Each writer runs once while its calls are recorded. The rest is a model (torture.disk): the power is
cut after every call, and the possible contents of the disk are compared with the required ones.
"""

import ast
import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from frontdoor import ROOT

from torture.breaking import Stage
from torture.disk import Disk, Loose, State, played
from torture.figures import record
from torture.recording import Event, Tree
from torture.spreading import own, scratch, spread
from torture.writers import WRITERS

LIB = ROOT / "lib" / "burnbook"
# Derived: the next command makes it again.
_DERIVED = re.compile(r"book/cache(/|$)|book/\.lock$")
# Never finished: the next command removes it, or writes over it.
_SCRATCH = re.compile(r"(^|/)\.[^/]+\.(tmp|new|old)(/|$)")
_GROWS = re.compile(r"\.jsonl(\.broken|\.quarantine)?$")
_BEFORE = ".before-repair-"
_ID = re.compile(rb'"id":"[^"]+"')
_OURS = ("book/", "docs/")  # a bundle has copies


class Recorded(NamedTuple):
    """The calls of one writer, and the function whose first fsync fails."""

    name: str
    refused: str
    log: list[Event]


REFUSED = (("end", "append"), ("first", "append"), ("repair", "put_beside"))
JOBS = [(writer.name, "") for writer in WRITERS] + list(REFUSED)


def recorded(job: tuple[str, str, Path]) -> Recorded:
    name, refused, folder = job
    stage = Stage(next(w for w in WRITERS if w.name == name), own(folder))
    done, log = stage.recorded(refused)
    assert done.returncode == (74 if refused else stage.writer.code), done
    return Recorded(name, refused, log)


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> list[Recorded]:
    with scratch(tmp_path_factory.mktemp("fsyncs")) as folder:
        return spread(recorded, [(*job, folder) for job in JOBS])


class Site(NamedTuple):
    """A line of lib/ that syncs a file or a folder."""

    file: str
    function: str
    line: int


def sites() -> list[Site]:
    """Every call of fsync, or of a function that is named after it.

    Doctor's trials are left out, and the copy of a damaged crontab, which no writer of a book
    makes: tests/test_crontabs.py proves those two. So are files outside of a book, which a second
    run writes again (exports, proofs), and what `forget` removes from the cache.
    """
    calls = []
    for path in sorted(LIB.rglob("*.py")):
        file = str(path.relative_to(LIB))
        if not file.startswith(("doctor/", "exporters/", "mcp_server/", "parquet/", "proof/")):
            calls += list(_calls(file, ast.parse(path.read_text("utf-8")), ""))
    return [site for site in calls if site.function not in ("_rescue", "remove")]


def _calls(file: str, node: ast.AST, function: str) -> Iterator[Site]:
    for inner in ast.iter_child_nodes(node):
        name = inner.name if isinstance(inner, ast.FunctionDef) else function
        if isinstance(inner, ast.Call) and "sync" in ast.unparse(inner.func).rpartition(".")[2]:
            yield Site(file, name, inner.lineno)
        yield from _calls(file, inner, name)


def faults(recorded: Recorded, without: Site | None = None) -> Iterator[str]:
    """Losses of a command's work, wherever the power is cut."""
    start, end = recorded.log[0][3], recorded.log[-1][3]
    before = list(_lines(start))
    rewrites = recorded.name.startswith("forget")  # rows keep their ids, and no copy is kept
    if rewrites:
        whole = (line for line in before if line.endswith(b"}"))
        before = [match[0] for line in whole if (match := _ID.search(line))]
    after = before if recorded.refused else [*before, *_lines(end)]
    shown = _shown(recorded.log)
    site = (without.file, without.line) if without else None
    last = len(recorded.log) - 2
    counted = _counted(recorded.log)
    for number, disk in enumerate(played(recorded.log, site)):
        for what, state in disk.states():
            changed = _changed(state, start) if not rewrites else ()
            yield from (f"{what}: {why}" for why in changed)
            yield from (f"{what}: {why}" for why in _misled(state, counted))
            there = _all_bytes(state)
            lost = [line for line in (after if number == last else before) if line not in there]
            if lost:
                yield f"{what}: {lost[0][:60]!r} is lost"
            for path, (_, data) in state.items():
                if _is_whole(path) and data not in shown.get(path, ()):
                    yield f"{what}: {path} is {data[:40]!r}"
    yield from _left_to_chance(disk)


def _changed(state: State, start: Tree) -> Iterator[str]:
    """Journals and ledgers that lost their beginning, and are not kept beside as they were."""
    for path, (_, data) in start.items():
        if data is not None and path.startswith(_OURS) and path.endswith((".jsonl", ".csv")):
            head = data[: data.rindex(b"\n") + 1]
            paths = [at for at in state if at == path or at.startswith(path + _BEFORE)]
            if not any(state[at][1].startswith(head) for at in paths):
                yield f"{path} is not as it was, and not kept as it was"


def _counted(log: list[Event]) -> dict[bytes, dict[str, bytes]]:
    """Maps the bytes of an index's head to the contents of its files at that time."""
    rows: dict[bytes, dict[str, bytes]] = {}
    for *_, tree in log:
        for path, (_, data) in tree.items():
            if path.endswith(".keys/head") and data is not None:
                folder = path.removesuffix("head")
                there = {p: d for p, (_, d) in tree.items() if d and p.startswith(folder)}
                rows.setdefault(data, there)
    return rows


def _misled(state: State, counted: dict[bytes, dict[str, bytes]]) -> Iterator[str]:
    """Index files that have the size that their head counts, and other keys: rows would double."""
    for path, (_, data) in state.items():
        if path.endswith(".keys/head"):
            for file, keys in counted.get(data, {}).items():
                here = state.get(file, (0, b""))[1]
                if file != path and len(here) >= len(keys) and not here.startswith(keys):
                    yield f"{file} has other keys than its head counts"


def _left_to_chance(disk: Disk) -> Iterator[str]:
    """Changes of the command that were not durable before it ended."""
    for change in disk.loose():
        path = disk.path_of(change)
        if (
            path
            and not _DERIVED.match(path)
            and not _SCRATCH.search(path)
            and not _empty(disk, change)
        ):
            yield f"at its end: {path} is not durable"


def _empty(disk: Disk, change: Loose) -> bool:
    """Whether the loose thing is the name of a journal without a row, which is as good as none."""
    keys = [form for form in change.forms if isinstance(form, int)]
    is_journal = change.name is not None and bool(_GROWS.search(change.name))
    return is_journal and all(disk.bytes.get(key) == [b""] for key in keys)


def _lines(tree: Tree) -> Iterator[bytes]:
    for path, (_, data) in tree.items():
        if data is not None and _GROWS.search(path):
            yield from (line.rstrip(b"\n") for line in data.splitlines())


def _all_bytes(state: State) -> bytes:
    """The lines of journals and of the files beside them; rows of a quarantine are decoded."""
    lines = []
    for path, (_, data) in state.items():
        if _GROWS.search(path) or _BEFORE in path:
            lines.append(data)
        if path.endswith(".quarantine"):
            lines += [base64.b64decode(_kept(line)) for line in data.splitlines()]
    return b"\n".join(lines)


def _kept(line: bytes) -> str:
    try:
        return json.loads(line).get("base64") or ""
    except ValueError:
        return ""


def _shown(log: list[Event]) -> dict[str, set[bytes]]:
    """The contents that readers saw in each file while the command ran."""
    names: dict[str, set[bytes]] = {}
    for *_, tree in log:
        for path, (_, data) in tree.items():
            if data is not None:
                names.setdefault(path, set()).add(data)
    return names


def _is_whole(path: str) -> bool:
    """Whether a file is replaced in one step, so that no process sees a part of it."""
    apart = _GROWS.search(path) or _SCRATCH.search(path) or _DERIVED.match(path)
    return not apart


def test_no_power_cut_loses_what_was_booked(logs: list[Recorded]) -> None:
    wrong = [f"{log.name} {log.refused}: {why}" for log in logs for why in faults(log)]
    print(*wrong, sep="\n")
    calls = sum(len(log.log) - 1 for log in logs)
    states = sum(len(list(disk.states())) for log in logs for disk in played(log.log))
    record(
        "What a command changed is on the disk when it ends, and a power cut before loses nothing",
        "test_no_power_cut_loses_what_was_booked",
        f"{len(wrong)} faults in {states:,} states that a disk may have after a cut at each of "
        f"{calls:,} calls of {len(logs)} commands; the test fails without any of {len(sites())} "
        f"fsyncs{f'; the first: {wrong[0]}' if wrong else ''}",
        "0 faults",
        not wrong,
    )


@pytest.mark.parametrize("site", sites(), ids=lambda s: f"{s.file}-{s.function}-{s.line}")
def test_without_this_fsync_a_power_cut_loses_something(logs: list[Recorded], site: Site) -> None:
    affected = [log for log in logs if any((site.file, site.line) in event[2] for event in log.log)]
    assert affected, f"no writer comes to {site}; add one to WRITERS or REFUSED"
    assert any(any(faults(log, site)) for log in affected)
