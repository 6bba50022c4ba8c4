"""`export parquet` and `import parquet`: what the files have, and that the journals come back."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import killing
import msgspec
import pytest
from burnbook import extras
from burnbook.book import codec
from burnbook.store.store import Store
from burnbook.usage.projection import USAGE
from conftest import Shell, codex
from frontdoor import ROOT
from killing import CHANGES, Stage
from test_check import full, usage  # noqa: F401 - a fixture
from torture.figures import long, record

extras.use("parquet", "test")

import pyarrow as pa  # noqa: E402 - it is in the extra
import pyarrow.dataset as ds  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
from burnbook.parquet import manifest  # noqa: E402
from burnbook.parquet.columns import DERIVED, FEED, OWN, Columns  # noqa: E402
from burnbook.parquet.writing import compaction, prefix  # noqa: E402

AT = "2026-11-22T"
JOURNALS = [*codec.JOURNALS, "rejects/proxy-telemetry"]
NEEDS_STRACE = pytest.mark.skipif(killing.missing() is not None, reason=str(killing.missing()))


def exported(shell: Shell, folder: Path, *flags: str) -> Any:
    return shell.json("export", "parquet", str(folder), *flags)


def journals(book: Path) -> dict[str, bytes]:
    return {str(path.relative_to(book)): path.read_bytes() for path in book.rglob("*.jsonl")}


def table(folder: Path, kind: str) -> Any:
    """The rows of a kind by offset, from the files that the manifest names."""
    files = [folder / path for path in manifest.require(str(folder)).files_of(kind)]
    parts = [pq.read_table(path, partitioning=None) for path in files]
    return pa.concat_tables(parts).sort_by("offset") if parts else None


def files_of(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*.parquet")}


def checked(folder: Path) -> manifest.Manifest:
    """The manifest, after every line of its files was compared with the book beside it."""
    read = manifest.require(str(folder))
    assert files_of(folder) == set(read.files)
    for name, state in read.journals.items():
        lines = (folder.parent / "book" / f"{name}.jsonl").read_bytes()[: state.offset]
        rows = []
        for path in read.of_journal(name):
            part = pq.read_table(folder / path, partitioning=None)
            assert read.files[path].rows == part.num_rows
            rows += zip(*(part[column].to_pylist() for column in ("offset", "line")), strict=True)
        assert "".join(f"{line}\n" for _, line in sorted(rows)).encode() == lines
    return read


# Columns.


@pytest.mark.parametrize("journal", JOURNALS)
def test_every_field_of_a_row_type_is_a_column(journal: str) -> None:
    kind = codec.kind_of(journal)
    kinds = getattr(kind, "__args__", (kind,))
    fields = {name for each in kinds for name in each.__struct_fields__} - {"host"}
    fields |= {each.__struct_config__.tag_field for each in kinds} - {None}
    added = {*OWN, *(FEED if journal.startswith("rejects/") else ())}
    added |= {*DERIVED} if journal == "proxy_telemetry" else set()
    reserved = {*added, "kind", "month"}
    columns = {f"row_{name}" if name in reserved else name for name in fields}
    assert set(Columns(journal).schema.names) == columns | added


def test_columns_have_the_types_of_the_fields() -> None:
    schema = Columns("snapshots").schema
    moment = pa.timestamp("us", tz="UTC")
    assert schema.field("captured_at").type == moment
    assert schema.field("requests").type == pa.int64()
    assert schema.field("commits").type == pa.map_(pa.string(), pa.string())
    meter = [("name", pa.string()), ("used_percent", pa.float64())]
    meter += [("window_minutes", pa.int64()), ("resets_at", moment)]
    assert schema.field("meters").type == pa.list_(pa.struct(meter))
    telemetry = Columns("proxy_telemetry").schema
    assert telemetry.field("status").type == pa.string()
    assert telemetry.field("extra").type == pa.string()
    assert telemetry.field("ok").type == pa.bool_()
    assert telemetry.field("latency_ms").type == pa.float64()


def plain(value: Any) -> Any:
    """A value of a row as Arrow gives it back."""
    if isinstance(value, msgspec.Struct):
        return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return [(key, plain(item)) for key, item in value.items()]
    return value


def test_columns_have_the_values_of_the_rows(full: Shell, tmp_path: Path) -> None:  # noqa: F811
    exported(full, tmp_path / "out")
    seen = 0
    for name in manifest.require(str(tmp_path / "out")).journals:
        columns = Columns(name)
        path = full.book / f"{name}.jsonl"
        rows = table(tmp_path / "out", manifest.kind_of(name)).to_pylist()
        for row, line in zip(rows, path.read_bytes().splitlines(keepends=True), strict=True):
            wanted = codec.verify(name, line)
            for column, (field, kind, _) in columns.fields.items():
                value = getattr(wanted, field, None)
                if field == "row":
                    value = type(wanted).__struct_config__.tag
                if kind == pa.string() and not isinstance(value, str | None):
                    value = value if isinstance(value, str) else msgspec.json.encode(value).decode()
                assert row[column] == plain(value), (name, column)
                seen += value is not None
            assert row["state"] == "valid"
            assert row["line"] == line.decode()[:-1]
    assert seen > 500


def test_a_value_that_no_column_can_have_is_null_and_in_the_line() -> None:
    columns = Columns("churn")
    row = dict.fromkeys(codec.JOURNALS["churn"].__struct_fields__)
    row |= {"id": "n-1", "schema_version": 2, "tool_version": "1", "host": "h", "net": 10**25}
    row |= {"recorded_at": datetime(2026, 11, 22, tzinfo=UTC), "ranges": (), "paths": ()}
    row |= {"files_changed": 1, "insertions": 1, "deletions": 0, "notes": "\ud800"}
    made = codec.JOURNALS["churn"](**row)
    batch = columns.batch([0], [b"{}\n"], [made])
    assert batch.to_pylist()[0]["net"] is None
    assert batch.to_pylist()[0]["notes"] == "?"
    assert batch.to_pylist()[0]["insertions"] == 1


def test_telemetry_has_what_queries_would_have_to_parse(shell: Shell, tmp_path: Path) -> None:
    shell.ok("ingest", "proxy-telemetry", stdin=usage(3))
    exported(shell, tmp_path / "out")
    for row in table(tmp_path / "out", "proxy_telemetry").to_pylist():
        seconds = int(row["ts"].timestamp())
        assert row["quarter"] == seconds // 900
        assert row["day_utc"] == f"{row['ts']:%Y-%m-%d}"
        assert row["key"] % (1 << 64) == int(row["id"].removeprefix("t-"), 16)


# Export and import.


def test_an_import_of_an_export_has_the_same_bytes_and_check(
    full: Shell,  # noqa: F811
    tmp_path: Path,
) -> None:
    answer = exported(full, tmp_path / "out")
    assert answer["new_rows"] == answer["rows"] == full.json("check")["rows_verified"]
    before, wanted = journals(full.book), full.json("check")
    states = full.book / "state"
    full.book.rename(tmp_path / "old")
    back = full.json("import", "parquet", str(tmp_path / "out"))
    assert (back["added"], back["present"]) == (answer["rows"], 0)
    assert journals(full.book) == before
    assert full.json("check") == wanted
    assert (states / "main" / "codex.json").read_bytes() == (
        tmp_path / "old" / "state" / "main" / "codex.json"
    ).read_bytes()
    again = full.json("import", "parquet", str(tmp_path / "out"))
    assert (again["added"], again["present"]) == (0, answer["rows"])
    assert journals(full.book) == before


def test_a_second_export_writes_only_new_rows(shell: Shell, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shell.ok("ingest", "proxy-telemetry", stdin=usage(5))
    exported(shell, out)
    first = {path: (out / path).stat().st_mtime_ns for path in files_of(out)}
    text = (out / "manifest.json").read_bytes()
    assert "nothing new for" in shell.ok("export", "parquet", str(out)).splitlines()[0]
    assert (out / "manifest.json").read_bytes() == text
    shell.ok("ingest", "proxy-telemetry", stdin=usage(3, 5))
    assert exported(shell, out)["new_rows"] == 3
    assert {p: (out / p).stat().st_mtime_ns for p in first} == first
    [new] = files_of(out) - set(first)
    assert pq.read_metadata(out / new).num_rows == 3
    assert pq.read_metadata(out / new).row_group(0).column(0).compression == "ZSTD"
    checked(out)


def test_rows_are_in_folders_of_their_host_and_month(shell: Shell, tmp_path: Path) -> None:
    shell.ok("ingest", "proxy-telemetry", stdin=usage(4))
    path = shell.book / "proxy_telemetry.jsonl"
    lines = path.read_bytes().splitlines()
    hosts = ["laptop", "a b/ü", "..", "x" * 300]
    months = ["2026-11", "2026-12", "0001-01", "9999-12"]
    for n, (host, month) in enumerate(zip(hosts, months, strict=True)):
        row = {**json.loads(lines[n]), "host": host, "ts": f"{month}-05T10:00:00Z"}
        for stamp in ("crc", "chain"):
            row.pop(stamp, None)
        lines[n] = codec.encode(codec.JOURNALS["proxy_telemetry"](**row)).rstrip()
    path.write_bytes(b"\n".join(lines) + b"\n")
    exported(shell, tmp_path / "out")
    rows = ds.dataset(
        tmp_path / "out" / "kind=proxy_telemetry", format="parquet", partitioning="hive"
    ).to_table()
    pairs = set(zip(rows["host"].to_pylist(), rows["month"].to_pylist(), strict=True))
    assert {pair for pair in pairs if len(pair[0]) < 100} == set(
        zip(hosts[:3], months[:3], strict=True)
    )
    assert len(pairs) == 4
    checked(tmp_path / "out")


def test_lines_that_are_no_rows_are_kept_with_their_state(shell: Shell, tmp_path: Path) -> None:
    shell.ok("ingest", "proxy-telemetry", stdin=usage(3))
    shell.ok("snapshot", "start", "codex", "--window", "W0-CHN", stdin=codex())
    for name in ("proxy_telemetry", "snapshots"):
        path = shell.book / f"{name}.jsonl"
        first = path.read_bytes().splitlines(keepends=True)[0]
        newer = first.replace(b'"schema_version":2', b'"schema_version":9')
        body = newer.rpartition(b',"crc"')[0]
        newer = body + b',"crc":"%08x"}\n' % __import__("zlib").crc32(body)
        others = [first, b"\xff\x00 no row\n", b"\n", newer, first.replace(b"\n", b"\r\n")]
        with path.open("ab") as file:
            file.writelines([*others, b'{"id":"torn'])
    before = journals(shell.book)
    done = shell.run("export", "parquet", str(tmp_path / "out"), "--format", "json")
    assert "unterminated last line of proxy_telemetry.jsonl was not exported" in done.stderr
    answer = json.loads(done.stdout)
    assert answer["states"] == {"corrupt": 4, "duplicate": 4, "newer": 2}
    assert answer["unterminated"] == ["snapshots", "proxy_telemetry"]
    for name, count in (("proxy_telemetry", 3), ("snapshots", 1)):
        rows = table(tmp_path / "out", name)
        states = ["valid"] * count + ["duplicate", "corrupt", "corrupt", "newer", "duplicate"]
        assert rows["state"].to_pylist() == states
        for row in rows.to_pylist():
            if row["state"] in ("corrupt", "newer"):
                others = {"line", "line_bytes", "offset", "state"}
                assert {key for key, value in row.items() if value is not None} <= others
        assert rows["line_bytes"].to_pylist()[count + 1] == b"\xff\x00 no row"
    shutil.rmtree(shell.book)
    shell.ok("import", "parquet", str(tmp_path / "out"))
    assert journals(shell.book) == {k: v.removesuffix(b'{"id":"torn') for k, v in before.items()}
    again = exported(shell, tmp_path / "again")
    assert again["states"] == answer["states"]


def test_a_line_whose_id_came_with_an_earlier_export_is_a_duplicate(
    shell: Shell, tmp_path: Path
) -> None:
    shell.ok("ingest", "claude", "--file", str(ROOT / "samples" / "agents" / "claude.jsonl"))
    exported(shell, tmp_path / "out")
    path = shell.book / "agent_usage.jsonl"
    first = path.read_bytes().splitlines(keepends=True)[0]
    with path.open("ab") as file:
        file.write(first)
    assert exported(shell, tmp_path / "out")["states"] == {"duplicate": 1}
    assert table(tmp_path / "out", "agent_usage")["state"].to_pylist()[-1] == "duplicate"


def test_of_rows_with_one_id_in_two_exports_the_later_is_marked(
    shell: Shell, tmp_path: Path
) -> None:
    """Also if the row that was exported before is the one that does not count."""
    out = tmp_path / "out"
    shell.ok("ingest", "proxy-telemetry", stdin=usage(3))
    path = shell.book / "proxy_telemetry.jsonl"
    exported(shell, out)
    row = shell.rows("proxy_telemetry")[1]
    row.pop("crc")
    row |= {"recorded_at": "2026-01-01T00:00:00Z", "host": "laptop"}
    with path.open("ab") as file:
        file.write(codec.encode(codec.JOURNALS["proxy_telemetry"](**row)))
    assert exported(shell, out)["states"] == {"duplicate": 1}
    assert table(out, "proxy_telemetry")["state"].to_pylist() == ["valid"] * 3 + ["duplicate"]
    assert exported(shell, tmp_path / "whole")["states"] == {"duplicate": 1}


def test_usage_has_the_sums_of_the_store(full: Shell, tmp_path: Path) -> None:  # noqa: F811
    out = tmp_path / "out"
    exported(full, out)
    paths = manifest.require(str(out)).files_of("usage")
    rows = pa.concat_tables([pq.read_table(out / path, partitioning=None) for path in paths])
    store = Store(str(full.book)).view(USAGE)
    cursor = store.execute(
        "SELECT c.*, o.* FROM usage_cells c JOIN usage_origins o ON o.id = c.origin"
    )
    names = [column[0] for column in cursor.description]
    wanted = [dict(zip(names, row, strict=True)) for row in cursor]
    for row in wanted:
        del row["id"], row["kind_id"]
    key = lambda row: (row["quarter"], row["origin"])  # noqa: E731
    assert sorted(rows.to_pylist(), key=key) == sorted(wanted, key=key)
    for path in paths:
        [month] = {
            f"{datetime.fromtimestamp(q * 900, UTC):%Y-%m}"
            for q in pq.read_table(out / path, partitioning=None)["quarter"].to_pylist()
        }
        assert f"/host=all/month={month}/" in path
    full.ok("ingest", "claude", "--stdin", stdin=_claude("2027-01-02T10:00:00.000Z"))
    exported(full, out)
    later = manifest.require(str(out))
    assert len(later.files_of("usage")) == len(paths) + 1
    checked(out)


def _claude(moment: str) -> str:
    message = {"id": "m9", "model": "claude-sonnet-4-5", "usage": {"input_tokens": 7}}
    line = {"type": "assistant", "timestamp": moment, "sessionId": "s9", "requestId": "r9"}
    return json.dumps({**line, "message": message}) + "\n"


# What changes in the folder.


def test_many_small_files_become_one(shell: Shell, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for n in range(compaction.MANY + 1):
        shell.ok("ingest", "proxy-telemetry", stdin=usage(2, 2 * n))
        answer = exported(shell, out)
    assert answer["compacted_files"] == compaction.MANY + 1
    assert len(files_of(out)) == 1
    checked(out)
    shell.ok("ingest", "proxy-telemetry", stdin=usage(1, 1000))
    assert exported(shell, out)["compacted_files"] == 0
    assert exported(shell, out, "--compact")["compacted_files"] == 2
    read = checked(out)
    assert read.rows == 2 * (compaction.MANY + 1) + 1
    shutil.rmtree(shell.book)
    shell.ok("import", "parquet", str(out))
    assert len(shell.rows("proxy_telemetry")) == read.rows


@pytest.mark.parametrize("change", ["edited", "shorter", "file lost", "file cut"])
def test_a_journal_that_does_not_match_is_exported_again(
    shell: Shell, tmp_path: Path, change: str
) -> None:
    out = tmp_path / "out"
    shell.ok("ingest", "proxy-telemetry", stdin=usage(5))
    exported(shell, out)
    path = shell.book / "proxy_telemetry.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    [file] = files_of(out)
    if change == "edited":
        lines[0] = lines[0].replace(b'"r0"', b'"rX"')
        path.write_bytes(b"".join(lines))
    elif change == "shorter":
        path.write_bytes(b"".join(lines[1:]))
    elif change == "file lost":
        (out / file).unlink()
    else:
        (out / file).write_bytes((out / file).read_bytes()[:-1])
    answer = exported(shell, out)
    assert answer["exported_again"] == ["proxy_telemetry"]
    assert answer["rows"] == 5 - (change == "shorter")
    assert files_of(out) != {file}
    checked(out)


def test_the_hashes_find_any_change_of_a_rewritten_file(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prefix, "BLOCK", 100)
    path = manifest.RootedPath(str(tmp_path), "j.jsonl")
    data = bytes(range(256)) * 3
    (tmp_path / "j.jsonl").write_bytes(data)
    whole = prefix.Prefix()
    whole.feed(data[:300])
    whole.feed(data[300:610])
    state = manifest.Exported(offset=610, blocks=whole.blocks)
    assert len(state.blocks) == 7
    found = prefix.Prefix.matching(path, state)
    assert found is not None
    found.feed(data[610:])
    whole.feed(data[610:])
    assert found.blocks == whole.blocks
    for position in range(0, 610, 7):
        changed = bytearray(data)
        changed[position] ^= 1
        (tmp_path / "j.jsonl").write_bytes(changed)
        assert prefix.Prefix.matching(path, state) is None


def test_left_over_files_are_removed_and_others_are_not(shell: Shell, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shell.ok("ingest", "proxy-telemetry", stdin=usage(5))
    exported(shell, out)
    [file] = files_of(out)
    folder = (out / file).parent
    shutil.copy(out / file, folder / f"part-7-{0:015}-{9:015}.parquet")
    (folder / ".part-0.99.tmp").write_text("x")
    foreign = [folder / "part-00000-spark.snappy.parquet", folder / "notes.txt", out / "README"]
    for path in foreign:
        path.write_text("mine")
    assert exported(shell, out)["removed_files"] == 2
    assert {path.name for path in folder.iterdir()} == {
        *(path.name for path in foreign[:2]),
        Path(file).name,
    }
    assert [path.read_text() for path in foreign] == ["mine"] * 3


def test_another_book_or_a_lost_journal_does_not_replace_an_export(
    shell: Shell, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shell.ok("ingest", "proxy-telemetry", stdin=usage(5))
    exported(shell, out)
    moved = tmp_path / "moved"
    shutil.copytree(shell.book, moved)
    same = ("export", "parquet", str(out), "--data-dir", str(moved))
    assert "nothing new" in shell.ok(*same)
    (moved / "proxy_telemetry.jsonl").unlink()
    assert "has rows of it; `import parquet` brings them back" in shell.fails(65, *same)
    other = tmp_path / "other"
    shell.ok("ingest", "proxy-telemetry", "--data-dir", str(other), stdin=usage(2, 90))
    words = ("export", "parquet", str(out), "--data-dir", str(other))
    assert "has the export of another book" in shell.fails(65, *words)
    assert checked(out).rows == 5
    shell.ok(*words, "--replace")
    assert manifest.require(str(out)).rows == 2


@pytest.mark.parametrize(
    ("target", "code", "says"),
    [
        (None, 2, "no DIR; give a folder"),
        ("-", 2, "no DIR; give a folder"),
        ("s3://bucket/book", 2, "cannot write to s3:// itself; export to a folder, then copy it"),
        ("file://server/book", 2, "is not a local folder"),
        ("BOOK/cache", 2, "is inside the book"),
        ("FULL", 65, "has other files, such as 'mine', and no export"),
        ("FULL/mine", 65, "is not a folder"),
    ],
)
def test_a_target_that_is_no_folder_for_an_export_is_refused(
    shell: Shell, tmp_path: Path, target: str | None, code: int, says: str
) -> None:
    shell.ok("ingest", "proxy-telemetry", stdin=usage(1))
    folder = tmp_path / "full"
    folder.mkdir()
    (folder / "mine").write_text("x")
    words = []
    if target is not None:
        words = [target.replace("BOOK", str(shell.book)).replace("FULL", str(folder))]
    assert says in shell.fails(code, "export", "parquet", *words)
    assert [path.name for path in folder.iterdir()] == ["mine"]


def test_a_file_url_names_a_folder(shell: Shell, tmp_path: Path) -> None:
    shell.ok("ingest", "proxy-telemetry", stdin=usage(1))
    shell.ok("export", "parquet", f"file://{tmp_path}/a%20b")
    assert manifest.require(str(tmp_path / "a b")).rows == 1


def test_a_link_in_the_folder_is_not_followed(shell: Shell, tmp_path: Path) -> None:
    shell.ok("ingest", "proxy-telemetry", stdin=usage(1))
    out, away = tmp_path / "out", tmp_path / "away"
    out.mkdir()
    away.mkdir()
    (out / "kind=proxy_telemetry").symlink_to(away)
    assert "is a symbolic link" in shell.fails(74, "export", "parquet", str(out))
    assert list(away.iterdir()) == []


def test_two_exports_at_once_write_each_row_once(shell: Shell, tmp_path: Path) -> None:
    shell.ok("ingest", "proxy-telemetry", stdin=usage(200))
    running = [shell.start("export", "parquet", str(tmp_path / "out")) for _ in range(3)]
    for process in running:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    assert checked(tmp_path / "out").rows == 200


# Damage and other books.


def test_an_import_names_damaged_files_and_imports_nothing(
    full: Shell,  # noqa: F811
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    exported(full, out)
    read = manifest.require(str(out))
    [lost] = read.of_journal("snapshots")
    [flipped] = read.of_journal("proxy_telemetry")
    (out / lost).unlink()
    data = bytearray((out / flipped).read_bytes())
    data[len(data) // 2] ^= 1
    (out / flipped).write_bytes(data)
    before = journals(full.book)
    shutil.rmtree(full.book)
    done = full.run("import", "parquet", str(out))
    assert (done.returncode, done.stdout) == (65, "")
    assert f"{lost} is missing" in done.stderr
    assert f"{flipped} has another sha256 than the manifest" in done.stderr
    assert "nothing was imported" in done.stderr
    assert not full.book.exists()
    answer = full.json("import", "parquet", str(out), "--skip-damaged")
    assert len(answer["damaged"]) == 2
    rest = {
        k: v for k, v in before.items() if k not in ("snapshots.jsonl", "proxy_telemetry.jsonl")
    }
    assert journals(full.book) == rest


def test_an_import_into_a_book_with_other_rows_adds_what_is_missing(
    shell: Shell, tmp_path: Path
) -> None:
    out, other = tmp_path / "out", tmp_path / "other"
    shell.ok("ingest", "proxy-telemetry", stdin=usage(6) + "oops\n")
    with (shell.book / "proxy_telemetry.jsonl").open("ab") as file:
        file.write(b"corrupt\n")
    exported(shell, out)
    theirs = (shell.book / "proxy_telemetry.jsonl").read_bytes().splitlines(keepends=True)
    shell.ok("ingest", "proxy-telemetry", "--data-dir", str(other), stdin=usage(3, 50))
    path = other / "proxy_telemetry.jsonl"
    with path.open("ab") as file:
        file.write(theirs[2] + b'{"id":"torn')
    own = path.read_bytes().removesuffix(b'{"id":"torn')
    words = ("import", "parquet", str(out), "--data-dir", str(other))
    would = shell.json(*words, "--dry-run")
    assert path.read_bytes() == own + b'{"id":"torn'
    answer = shell.json(*words)
    assert path.read_bytes() == own + b"".join(theirs[:2] + theirs[3:6])
    assert (answer["added"], answer["present"], answer["corrupt"]) == (6, 1, 1)
    assert would["added"] == answer["added"]
    assert (other / "rejects" / "proxy-telemetry.jsonl").read_bytes() == (
        shell.book / "rejects" / "proxy-telemetry.jsonl"
    ).read_bytes()
    again = shell.json(*words)
    assert (again["added"], again["present"]) == (0, 7)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "is not the manifest of an export"),
        (b"\xff\xfe\x00", "is not the manifest of an export"),
        (b'{"format": 99}', "is of a newer burnbook"),
        (b"[" * 100_000, "is not the manifest of an export"),
        (
            b'{"format": 1, "files": {"kind=churn/host=../month=x/part-0.parquet": '
            b'{"rows": 1, "bytes": 1, "sha256": "", "journal": "meters"}}}',
            "which is not a file of an export",
        ),
        (
            b'{"format": 1, "files": {"/etc/passwd": {"rows": 1, "bytes": 1, "sha256": ""}}}',
            "which is not a file of an export",
        ),
    ],
)
def test_a_manifest_that_cannot_be_used_is_refused(
    shell: Shell, tmp_path: Path, text: bytes, says: str
) -> None:
    shell.ok("ingest", "proxy-telemetry", stdin=usage(1))
    (tmp_path / "manifest.json").write_bytes(text)
    assert says in shell.fails(65, "import", "parquet", str(tmp_path))
    assert says in shell.fails(65, "export", "parquet", str(tmp_path))


def test_a_file_with_a_valid_hash_and_other_content_is_damaged(
    shell: Shell, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shell.ok("ingest", "proxy-telemetry", stdin=usage(2))
    exported(shell, out)
    read = manifest.require(str(out))
    [path] = read.of_journal("proxy_telemetry")
    good = pq.read_table(out / path, partitioning=None)
    bad = {
        "no parquet": None,
        "no lines": good.drop_columns(["line"]),
        "two lines in one": good.set_column(
            good.schema.get_field_index("line"), "line", pa.array(["a\nb", "c"])
        ),
        "a gap": good.slice(1),
    }
    for what, content in bad.items():
        if content is None:
            (out / path).write_bytes(b"PAR1 nothing PAR1")
        else:
            pq.write_table(content, out / path)
        size, digest = len((out / path).read_bytes()), _sha256(out / path)
        read.files[path] = msgspec.structs.replace(read.files[path], bytes=size, sha256=digest)
        manifest.write(str(out), read)
        book = tmp_path / what
        words = ("import", "parquet", str(out), "--data-dir", str(book))
        done = shell.run(*words)
        assert (done.returncode, done.stdout) == (65, ""), (what, done)
        assert "is damaged" in done.stderr or "has no line of" in done.stderr, (what, done)


def _sha256(path: Path) -> str:
    from hashlib import sha256

    return sha256(path.read_bytes()).hexdigest()


# Killed.


def _filled(folder: Path) -> None:
    """A book with rows of several kinds, and an export of some of them."""
    shell = Shell(folder)
    shell.ok(
        "snapshot", "start", "codex", "--window", "W0-CHN", "--at", AT + "09:00", stdin=codex()
    )
    shell.ok("ingest", "proxy-telemetry", "--window", "W0-CHN", stdin=usage(30))
    exported(shell, folder / "out")
    shell.ok("ingest", "proxy-telemetry", "--window", "W0-CHN", stdin=usage(30, 30) + "oops\n")
    shell.ok("ingest", "claude", "--file", str(ROOT / "samples" / "agents" / "claude.jsonl"))
    exported(shell, folder / "out")
    shell.ok("ingest", "proxy-telemetry", stdin=usage(30, 60))
    shell.ok("ingest", "claude", "--stdin", stdin=_claude("2026-11-22T10:00:00.000Z"))


def _emptied(folder: Path) -> None:
    """An export without its book."""
    _filled(folder)
    exported(Shell(folder, is_new=False), folder / "out")
    (folder / "book").rename(folder / "old")


def _export_of(folder: Path) -> Any:
    """Every row of the export, which is checked, without what depends on the number of runs."""
    read = checked(folder / "out")
    return {
        kind: sorted(
            json.dumps(row, default=str) for row in table(folder / "out", kind).to_pylist()
        )
        for kind in codec.JOURNALS
        if read.files_of(kind)
    }, [read.files[path].sha256 for path in read.files_of("usage")]


def _book_of(folder: Path) -> Any:
    done = Shell(folder, is_new=False).run("check", "--format", "json")
    assert journals(folder / "book") == journals(folder / "old")
    return done.returncode, done.stdout


@NEEDS_STRACE
@pytest.mark.parametrize(
    ("words", "set_up", "facts"),
    [
        (("export", "parquet", "OUT", "--compact"), _filled, _export_of),
        (("import", "parquet", "OUT"), _emptied, _book_of),
    ],
    ids=["export", "import"],
)
def test_an_export_or_import_killed_anywhere_is_completed_by_the_next(
    tmp_path: Path, words: tuple[str, ...], set_up: Any, facts: Any
) -> None:
    stage = Stage(tmp_path / "place", set_up)
    env = Shell(stage.folder, is_new=False).environment
    command, *others = words
    others = [word.replace("OUT", str(stage.folder / "out")) for word in others]
    line = [str(ROOT / "bin" / command), *others]
    points = [call for call in killing.calls(stage, line, env) if call.call in CHANGES]
    wanted = facts(stage.folder)
    assert len(points) > 20
    killed, wrong = 0, []
    spread = killing.spread(points, long(4, len(points)))
    for report in killing.kill(stage, line, env, facts, spread):
        killed += report.killed
        wrong += [report.point] if report.facts != wanted else []
    assert killed >= 3
    figure = f"{killed - len(wrong)} of {killed} killed {command}s were completed by the next"
    name = "test_an_export_or_import_killed_anywhere_is_completed_by_the_next"
    record(
        f"{command} parquet killed anywhere is completed by the next",
        name,
        figure,
        "all",
        not wrong,
    )
