"""`backup` and `restore`: round trips, a backup beside writers, and hostile or damaged archives."""

import hashlib
import io
import json
import os
import random
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from burnbook.archive.reader import verify
from burnbook.archive.writer import TRAILER, trailer
from burnbook.base.errors import BadData
from burnbook.book.book import Book
from conftest import Shell, anomaly, codex
from waiting import until

START, END = "2026-11-22T09:00", "2026-11-22T12:00"
Members = list[tuple[str, bytes]]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path)
    shell.ok("snapshot", "start", "codex", "--window", "W0-CHN", "--at", START, stdin=codex())
    shell.ok("snapshot", "end", "codex", "--at", END, stdin=codex(five=20))
    return shell


@pytest.fixture
def archive(shell: Shell, tmp_path: Path) -> Path:
    path = tmp_path / "book.tar.zst"
    shell.ok("backup", str(path))
    return path


def members(path: Path) -> Members:
    """The members of an archive, by programs that do not know burnbook."""
    data = zstandard.ZstdDecompressor().stream_reader(path.read_bytes()).read()
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return [(info.name, tar.extractfile(info).read()) for info in tar]  # type: ignore[union-attr]


def sealed(tar: bytes) -> bytes:
    """An archive with these bytes, whose own hash matches."""
    data = zstandard.ZstdCompressor().compress(tar)
    return data + trailer(hashlib.sha256(data).digest())


def packed(content: Members, change: Callable[[tarfile.TarInfo], None] = lambda _: None) -> bytes:
    """An archive of these members; `change` gets the header of each."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name, data in content:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            change(info)
            tar.addfile(info, io.BytesIO(data))
    data = out.getvalue().rstrip(b"\0")
    return sealed(data + bytes(-len(data) % 512) + bytes(1024))


def with_manifest(content: Members, **changes: Any) -> Members:
    """The members with a manifest that fits them."""
    files = []
    for name, data in content[1:-1]:
        file: dict[str, Any] = {"path": name, "bytes": len(data)}
        file["sha256"] = hashlib.sha256(data).hexdigest()
        if name.startswith("book/") and name.endswith(".jsonl"):
            file["rows"] = data.count(b"\n")
        files.append(file)
    last = {"rows": sum(f.get("rows", 0) for f in files), "files": files, **changes}
    return [*content[:-1], ("manifest.json", json.dumps(last).encode())]


def refused(shell: Shell, data: bytes, tmp_path: Path, code: int = 65) -> str:
    """The sentence about a file that is no archive; nothing is written."""
    path, target = tmp_path / "hostile.tar.zst", tmp_path / "target" / "book"
    path.write_bytes(data)
    sentence = shell.fails(code, "restore", str(path), "--into", str(target))
    assert not target.parent.exists()
    return sentence


def test_a_restored_book_is_the_same_to_the_byte(shell: Shell, archive: Path) -> None:
    before, check = shell.tree(), shell.json("check")
    target = archive.parent / "copy"
    shell.ok("restore", str(archive), "--into", str(target))
    copy = Shell(archive.parent, is_new=False)
    copy.book = target
    assert copy.tree() == before
    assert shell.json("check", "--data-dir", str(target)) == check
    modes = {path.stat().st_mode & 0o777 for path in target.rglob("*")}
    assert modes == {0o600, 0o700}
    assert archive.stat().st_mode & 0o777 == 0o600


def test_other_programs_can_read_an_archive(archive: Path, shell: Shell) -> None:
    content = dict(members(archive))
    name = "snapshots.jsonl"
    assert content[f"book/{name}"] == (shell.book / name).read_bytes()
    assert json.loads(content["manifest.json"])["rows"] == 2
    assert "config/windows.toml" in content


def test_an_archive_goes_through_pipes(shell: Shell, tmp_path: Path) -> None:
    bin_ = Path(__file__).parent.parent / "bin"
    line = f"{bin_}/backup - | {bin_}/restore - --into {tmp_path}/copy"
    environment = shell.environment
    done = subprocess.run(
        ["sh", "-c", line], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done
    assert "backed up 2 rows" in done.stderr
    assert "restored 2 rows" in done.stdout


def test_a_backup_beside_writers_is_a_moment_of_the_book(shell: Shell, tmp_path: Path) -> None:
    """Rows of an archive are a prefix of each journal, and states fit them: check is clean."""
    writer = subprocess.Popen(
        ["sh", "-c", _WRITING],
        env={**shell.environment, "BIN": str(Path(__file__).parent.parent / "bin")},
    )
    try:
        journal, size = shell.book / "snapshots.jsonl", 0
        for number in range(4):
            size = journal.stat().st_size
            until(lambda: journal.stat().st_size > size)  # noqa: B023
            path, target = tmp_path / f"{number}.tar.zst", tmp_path / f"copy{number}"
            shell.ok("backup", str(path))
            shell.ok("restore", str(path), "--into", str(target))
            assert shell.json("check", "--data-dir", str(target))["ok"]
            for copy in target.glob("*.jsonl"):
                assert (shell.book / copy.name).read_bytes().startswith(copy.read_bytes())
    finally:
        writer.kill()
        writer.wait()


_WRITING = """
while :; do
  for agent in a b c; do
    printf '5h limit: 3%% used (resets 13:10)\\n' |
      "$BIN/snapshot" start codex --agent $agent --window W0-CHN > /dev/null
  done
done
"""


def test_any_changed_byte_and_any_cut_is_noticed(archive: Path) -> None:
    data = archive.read_bytes()
    path = archive.with_name("damaged")
    lot = random.Random(17)
    cuts = [data[: lot.randrange(len(data))] for _ in range(40)]
    flips = []
    for _ in range(120):
        at = lot.randrange(len(data))
        flips.append(data[:at] + bytes([data[at] ^ (1 << lot.randrange(8))]) + data[at + 1 :])
    for damaged in [*cuts, *flips, data + b"\0", data + data, data[:-TRAILER], b""]:
        path.write_bytes(damaged)
        handle = os.open(path, os.O_RDONLY)
        with pytest.raises(BadData):
            verify(handle)
        os.close(handle)


@pytest.mark.parametrize(
    "name",
    [
        *("/etc/passwd", "../x", "book/../x", "book//x.jsonl", "book/./x.jsonl", "book/.lock"),
        *("book/cache/book.sqlite", "book/raw/../../x", "book/state/a/b/c.json", "config/../x"),
        *("config/.env", "other/x.toml", "book/raw/a\nb.txt", "book/snapshots.jsonl/x", "book"),
    ],
)
def test_names_that_no_book_has_are_refused(
    shell: Shell, archive: Path, tmp_path: Path, name: str
) -> None:
    content = members(archive)
    hostile = with_manifest([*content[:-1], (name, b"x"), content[-1]])
    assert "is not a file of a book" in refused(shell, packed(hostile), tmp_path)


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE]
)
def test_members_that_are_not_regular_files_are_refused(
    shell: Shell, archive: Path, tmp_path: Path, kind: bytes
) -> None:
    content = members(archive)

    def change(info: tarfile.TarInfo) -> None:
        if info.name == "book/windows.jsonl":
            info.type, info.size, info.linkname = kind, 0, "/etc/passwd"

    content.insert(1, ("book/windows.jsonl", b""))
    assert "not a regular file" in refused(shell, packed(content, change), tmp_path)


def test_a_manifest_that_does_not_fit_is_refused(
    shell: Shell, archive: Path, tmp_path: Path
) -> None:
    content = members(archive)
    assert refused(shell, packed(with_manifest(content, rows=9)), tmp_path)
    assert refused(shell, packed(with_manifest(content, files=[])), tmp_path)
    assert refused(shell, packed([*content[:-1], ("manifest.json", b"[")]), tmp_path)
    assert refused(shell, packed(content[:-1]), tmp_path)
    assert refused(shell, packed([*content, ("book/windows.jsonl", b"")]), tmp_path)
    assert refused(shell, packed(content[1:]), tmp_path)
    twice = with_manifest([content[0], content[1], content[1], content[-1]])
    assert "twice" in refused(shell, packed(twice), tmp_path)
    other = [(n, b"{}\n" if n == "book/snapshots.jsonl" else d) for n, d in content]
    assert "is not as its manifest.json has it" in refused(shell, packed(other), tmp_path)


def test_a_newer_format_is_named(shell: Shell, archive: Path, tmp_path: Path) -> None:
    content = members(archive)
    about = json.loads(content[0][1]) | {"format": 2, "tool_version": "0.9.0"}
    content[0] = ("archive.json", json.dumps(about).encode())
    sentence = refused(shell, packed(content), tmp_path)
    assert "has format 2, written by burnbook '0.9.0'" in sentence


def test_a_bomb_is_refused_in_bounded_memory(shell: Shell, archive: Path, tmp_path: Path) -> None:
    content = members(archive)
    content.insert(1, ("book/notices.jsonl", bytes(400 << 20)))
    assert "unpacks to over" in refused(shell, packed(content), tmp_path)


def test_a_target_with_something_else_is_refused(shell: Shell, archive: Path) -> None:
    folder = archive.parent
    (folder / "notes").mkdir()
    (folder / "notes" / "thesis.txt").write_text("precious")
    assert "thesis.txt" in shell.fails(2, "restore", str(archive), "--into", f"{folder}/notes")
    shell.ok("undo", "codex", "--at", END)
    assert "merge" in shell.fails(2, "restore", str(archive))
    assert (folder / "notes" / "thesis.txt").read_text() == "precious"


def test_a_new_book_is_replaced(shell: Shell, archive: Path) -> None:
    target = archive.parent / "new"
    shell.run("check", "--data-dir", str(target))
    (target / "cache").mkdir(parents=True, mode=0o700)
    (target / "cache" / "claude.sources").touch(0o600)
    (target / ".lock").touch(0o600)
    shell.ok("restore", str(archive), "--into", str(target))
    assert shell.json("check", "--data-dir", str(target))["rows_verified"] == 2


def test_a_journal_of_a_later_version_is_kept(shell: Shell, tmp_path: Path) -> None:
    row = b'{"id":"x-1","schema_version":9,"tool_version":"9.9","recorded_at":"x","crc":"0"}\n'
    (shell.book / "moods.jsonl").write_bytes(row)
    (shell.book / "notes.jsonl").write_bytes(b"mine\n")
    done = shell.run("backup", f"{tmp_path}/a.tar.zst")
    assert "1 file that the book does not know left out: notes.jsonl" in done.stderr
    shell.ok("restore", f"{tmp_path}/a.tar.zst", "--into", f"{tmp_path}/copy")
    assert (tmp_path / "copy" / "moods.jsonl").read_bytes() == row


def test_what_killed_calls_left_is_removed(shell: Shell, archive: Path) -> None:
    folder = archive.parent
    (folder / f".{archive.name}.999999999.tmp").write_bytes(b"half")
    shell.ok("backup", str(archive), "--force")
    for result in ("restored", "already restored"):
        (folder / ".copy.999999999.new").mkdir()
        assert shell.ok("restore", str(archive), "--into", f"{folder}/copy").startswith(result)
        assert [path.name for path in folder.glob(".*")] == []


def test_a_full_disk_leaves_the_old_archive(shell: Shell, archive: Path) -> None:
    """The file system is full while the archive is written."""
    before = archive.read_bytes()
    command = f"ulimit -f 1; exec {Path(__file__).parent.parent}/bin/backup {archive} --force"
    Book(str(shell.book)).commit(lambda: [("anomalies", anomaly(os.urandom(3000).hex()))])
    done = subprocess.run(
        ["sh", "-c", f"trap '' XFSZ; {command}"],
        env=shell.environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (74, ""), done
    assert done.stderr.startswith("backup: cannot write the archive: ")
    assert archive.read_bytes() == before
    assert [path.name for path in archive.parent.glob(".*")] == []
