"""Logs that are JSON documents, which agents change in place, and the documents beside them."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from burnbook.agent_logs.documents import companions
from burnbook.agent_logs.documents.embedded import expand
from burnbook.agent_logs.documents.join import joined
from burnbook.agent_logs.documents.raw import items_of, value_of
from burnbook.config.agent_logs import LogFeed
from burnbook.config.agent_logs.documents import Companion, Join
from burnbook.config.agent_logs.faults import faults
from burnbook.config.loader import Config
from burnbook.jsonl import sources
from conftest import ROOT, Shell

TASK = ".config/Code/User/globalStorage/saoudrizwan.claude-dev/tasks/1795338000000"
HOUR_AGO = 3600.0


def entry(ts: int, **used: Any) -> dict[str, Any]:
    return {"ts": ts, "type": "say", "say": "api_req_started", "text": json.dumps(used)}


def cline() -> LogFeed:
    feed = Config(str(ROOT / "config")).feed("cline")
    assert isinstance(feed, LogFeed)
    return feed


def test_a_broken_document_is_rejected_once_nobody_writes_to_it(
    shell: Shell, tmp_path: Path
) -> None:
    path = tmp_path / TASK / "ui_messages.json"
    path.parent.mkdir(parents=True)
    path.write_text('[{"ts":1795338001000')
    before = datetime.now(UTC).timestamp() - HOUR_AGO
    os.utime(path, (before, before))
    done = shell.run("ingest", "cline", HOME=str(tmp_path))
    assert done.stdout == "cline: accepted 0, repeats 0, rejected 1\n"
    assert f"cline: ~/{TASK}/ui_messages.json: not JSON: it is cut off" in done.stderr
    again = shell.run("ingest", "cline", HOME=str(tmp_path))
    assert again.stdout == "cline: accepted 0, repeats 0, rejected 0\n"


def test_a_byte_order_mark_hides_no_request(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "messages.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps([entry(1795338001000, tokensIn=100)]).encode())
    done = shell.run("ingest", "cline", "--file", str(path))
    assert done.stdout == "cline: accepted 1, repeats 0, rejected 0\n"


def test_what_is_not_read_yet_or_not_here_is_a_problem_until_it_is_read(
    shell: Shell, tmp_path: Path
) -> None:
    home = str(tmp_path)
    task, thread = (
        tmp_path / TASK / "ui_messages.json",
        tmp_path / ".local/share/amp/threads/T-1.json",
    )
    for path, text in ((task, '[{"ts":1795338001000'), (thread, '{"id":"T-1","messages":[]}')):
        path.parent.mkdir(parents=True)
        path.write_text(text)
    for tool, what in (
        ("cline", f"1 document that an agent is writing: ~/{TASK}/ui_messages.json"),
        ("amp", "1 stub without requests: ~/.local/share/amp/threads/T-1.json"),
    ):
        for _ in range(2):  # also when nothing has changed
            output = shell.json("ingest", tool, HOME=home)
            assert [problem["what"] for problem in output["problems"]] == [what]
            assert shell.run("ingest", tool, HOME=home).stderr.count(what) == 1
        rows = {row["feed"]: row for row in shell.json("doctor", "sources", HOME=home)["agents"]}
        assert [problem["what"] for problem in rows[tool]["problems"]] == [what]
    task.write_text(json.dumps([entry(1795338001000, tokensIn=100)]))
    output = shell.json("ingest", "cline", HOME=home)
    assert (output["accepted"], output["problems"]) == (1, [])


def test_a_document_of_a_hundred_megabytes_is_read(shell: Shell, tmp_path: Path) -> None:
    text = {"ts": 1, "type": "say", "say": "text", "text": "x" * 1_000_000}
    path = tmp_path / "large.json"
    with path.open("w") as file:
        file.write("[")
        for _ in range(100):
            file.write(json.dumps(text) + ",")
        file.write(json.dumps(entry(1795338001000, tokensIn=100, tokensOut=20)) + "]")
    done = shell.run("ingest", "cline", "--file", str(path))
    assert done.stdout == "cline: accepted 1, repeats 0, rejected 0, ignored 100 (no requests)\n"


def test_a_document_over_the_limit_is_named(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    path.touch()
    os.truncate(path, (1 << 27) + 1)
    done = shell.run("ingest", "cline", "--file", str(path))
    assert done.stdout == "cline: accepted 0, repeats 0, rejected 1\n"
    assert "a document of over 134217728 bytes" in done.stderr


@pytest.mark.parametrize("unit", ["[", '{"a":', '{"text":"{', "[[],", '{"say":"api_req_started",'])
def test_hostile_documents_are_a_reason(shell: Shell, tmp_path: Path, unit: str) -> None:
    path = tmp_path / "hostile.json"
    path.write_text(unit * 50_000)
    done = shell.run("ingest", "cline", "--file", str(path))
    assert done.stdout == "cline: accepted 0, repeats 0, rejected 1\n"


def test_a_text_inside_an_item_may_be_any_json(shell: Shell, tmp_path: Path) -> None:
    texts = ["[1]", "7", "{", "{}", '{"tokensIn":' * 2000, '{"tokensIn":-1}', '{"tokensIn":"9"}']
    items = [entry(1795338001000 + n) | {"text": text} for n, text in enumerate(texts)]
    path = tmp_path / "texts.json"
    path.write_text(json.dumps([*items, entry(1795338009000, tokensIn=5)]))
    done = shell.run("ingest", "cline", "--file", str(path))
    assert done.stdout == "cline: accepted 1, repeats 0, rejected 4, ignored 3 (no requests)\n"


def test_texts_are_read_as_objects() -> None:
    item: dict[str, Any] = {"a": {"text": '{"b": 1}'}, "text": "free {", "n": "{"}
    assert expand(item, [("a", "text"), ("text",), ("none", "text")]) is None
    assert item["a"]["text"] == {"b": 1}
    assert item["text"] == "free {"
    assert expand(item, [("n",)]) == "n is not JSON"


def values_of(tmp_path: Path, document: Any, name: str = "a.json", **declared: Any) -> Any:
    (tmp_path / name).write_text(document if isinstance(document, str) else json.dumps(document))
    companion = Companion(**{"file": name, "values": {"model": "m"}, **declared})
    feed = msgspec.structs.replace(cline(), companions={"one": companion})
    return companions.read(feed, str(tmp_path / "log.messages.json"))


def at(second: int) -> datetime:
    return datetime.fromtimestamp(1795338000 + second, UTC)


def test_values_hold_from_the_time_of_an_item_or_until_it(tmp_path: Path) -> None:
    items = [{"t": 1795338002000, "m": "b"}, {"t": 1795338001000, "m": "a"}, {"t": 0}, 7]
    [values] = values_of(tmp_path, items, ts="t")
    assert [values.at(at(second)) for second in (0, 1, 2, 3)] == ["a", "a", "b", "b"]
    [values] = values_of(tmp_path, {"x": items}, ts="t", items="x", holds="until")
    assert [values.at(at(second)) for second in (0, 1, 2, 3)] == ["a", "a", "b", "b"]
    assert values.at(datetime.fromtimestamp(1795338001.5, UTC)) == "b"


def test_without_times_a_value_holds_if_all_items_agree(tmp_path: Path) -> None:
    assert [v.at(at(0)) for v in values_of(tmp_path, [{"m": "a"}, {}, {"m": "a"}])] == ["a"]
    assert values_of(tmp_path, [{"m": "a"}, {"m": "b"}]) == []
    assert [v.at(at(0)) for v in values_of(tmp_path, {"m": "a"})] == ["a"]


def test_the_first_lines_of_a_companion(tmp_path: Path) -> None:
    lines = '{"type":"start","m":"a"}\n{"type":"other","m":"b"}\n{"type":"sta'
    only = {"type": ("start",)}
    [values] = values_of(tmp_path, lines, "log.jsonl", file="{name}.jsonl", only=only)
    assert values.at(at(0)) == "a"


@pytest.mark.parametrize("document", ["", "[", "7", "null", "[" * 50_000, '"a"', '{"m": 7}'])
def test_a_companion_without_values_is_none(tmp_path: Path, document: str) -> None:
    assert values_of(tmp_path, document) == []
    assert companions.read(cline(), str(tmp_path / "none" / "log.json")) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("<model>a</model>", "a"),
        ("<model>a</model> <model>b</model>", "b"),
        ('<model>a\u00e4 "b"</model>', 'a\u00e4 "b"'),
        ("<model></model>", None),
        ("<model>a", None),
        ("a</model>", None),
        (f"<model>{'x' * 2000}</model>", None),
    ],
)
def test_a_value_between_two_texts(tmp_path: Path, text: str, value: str | None) -> None:
    between = {"model": ("<model>", "</model>")}
    item = {"content": [{"text": text}]}
    read = values_of(tmp_path, [item], values={}, between=between)
    assert [each.at(at(0)) for each in read] == ([] if value is None else [value])


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"embedded": ("a..b",)}, "embedded"),
        ({"embedded": ("text",), "format": "lines"}, "embedded"),
        ({"identity": ("@nothing",)}, "identity"),
        ({"companions": {"x": Companion("a/b", values={"model": "m"})}}, "companions.x.file"),
        ({"companions": {"x": Companion("", values={"model": "m"})}}, "companions.x.file"),
        ({"companions": {"x": Companion("a")}}, "companions.x"),
        ({"deleted": {"say": ("x",)}, "format": "lines", "embedded": ()}, "deleted"),
        ({"deleted": {"a..b": ("x",)}}, "deleted"),
        ({"join": Join("a", "b", "c", "d")}, "join"),
        ({"items": "x", "join": Join("", "b", "c", "d")}, "join.items"),
        ({"items": "x", "join": Join("a", "b", "c", "d.e")}, "join.name"),
        ({"companions": {"x": Companion("a", ts="..", values={"model": "m"})}}, "companions.x.ts"),
        (
            {"companions": {"x": Companion("a", values={"model": ".."})}},
            "companions.x.values.model",
        ),
        (
            {"companions": {"x": Companion("a", between={"model": ("", ">")})}},
            "companions.x.between.model",
        ),
    ],
)
def test_mistakes_in_what_a_feed_declares_about_documents(change: Any, key: str) -> None:
    wrong = [*faults(msgspec.structs.replace(cline(), **change))]
    assert key in [fault[0] for fault in wrong]


def test_a_root_may_be_a_pattern(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "[home]"
    for name in (".config/Code", ".config/Code - Insiders", ".cursor-server/data"):
        (home / name / "User/globalStorage/saoudrizwan.claude-dev").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("CLINE_DIR", raising=False)
    found = [os.path.relpath(root, home) for root in sources.roots(cline())]
    assert {root.split("/User")[0] for root in found if "*" not in root and "User" in root} == {
        *(".config/Code", ".config/Code - Insiders", ".cursor-server/data"),
    }


def test_an_item_of_the_second_list_is_joined_once() -> None:
    declared = Join(items="m", own="to", theirs="id", name="x")
    first = [b'{"to":1}', b'{"to":1,"a":2} ', b"{}", b"7", b'{"to":null}']
    document = b'{"e":[%b],"m":[{"id":1},{"id":2},{"id":null}, "z"]}' % b",".join(first)
    items = items_of(value_of(document, ("e",)) or msgspec.Raw())
    assert items is not None
    assert [
        msgspec.json.decode(item) for item in joined(msgspec.Raw(document), items, declared)
    ] == [
        {"to": 1},
        {"to": 1, "a": 2, "x": {"id": 1}},
        {},
        7,
        {"to": None},
        {"x": {"id": 2}},
        {"x": {"id": None}},
        {"x": "z"},
    ]


@pytest.mark.parametrize("document", ["7", "[]", "null", '{"usageLedger":[],"messages":{}}', '""'])
def test_a_thread_that_is_no_object_of_lists_is_a_stub(
    shell: Shell, tmp_path: Path, document: str
) -> None:
    path = tmp_path / "thread.json"
    path.write_text(document)
    done = shell.run("ingest", "amp", "--file", str(path))
    assert done.stdout == "amp: accepted 0, repeats 0, rejected 0\n"
    assert "amp: 1 stub without requests: " in done.stderr
    assert "; the threads are on the server; read each with: amp threads export" in done.stderr


def test_a_reading_without_a_time_has_that_of_its_file(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / ".factory" / "sessions" / "s1.settings.json"
    path.parent.mkdir(parents=True)
    for second, tokens in ((0, 100), (60, 150)):
        path.write_text(json.dumps({"tokenUsage": {"inputTokens": tokens}}))
        os.utime(path, (1795338000 + second,) * 2)
        shell.run("ingest", "droid", HOME=str(tmp_path))
    rows = [(row["ts"], row["session"], row["input_tokens"]) for row in shell.rows("agent_usage")]
    assert rows == [
        ("2026-11-22T09:00:00Z", "s1", 100),
        ("2026-11-22T09:01:00Z", "s1", 50),
    ]


def test_a_file_named_from_its_own_folder_is_of_the_same_session(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / TASK / "ui_messages.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps([entry(1795338001000, tokensIn=100)]))
    shell.run("ingest", "cline", HOME=str(tmp_path))
    monkeypatch.chdir(path.parent)
    done = shell.run("ingest", "cline", "--file", path.name)
    assert done.stdout == "cline: accepted 0, repeats 1, rejected 0\n"


def test_an_older_copy_of_a_session_adds_nothing(shell: Shell, tmp_path: Path) -> None:
    sessions = tmp_path / ".factory" / "sessions"
    for folder, second, tokens in (("a", 60, 150), ("b", 0, 100)):
        path = sessions / folder / "s1.settings.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({"tokenUsage": {"inputTokens": tokens}}))
        os.utime(path, (1795338000 + second,) * 2)
        done = shell.run("ingest", "droid", HOME=str(tmp_path))
    assert done.stdout == "droid: accepted 0, repeats 1, rejected 0\n"
    assert [row["input_tokens"] for row in shell.rows("agent_usage")] == [150]


def test_what_a_book_lacks_of_deleted_requests_counts_once(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / TASK / "ui_messages.json"
    path.parent.mkdir(parents=True)
    deleted = entry(1795338009000, tokensIn=100, tokensOut=10, cost=0.5) | {
        "say": "deleted_api_reqs"
    }
    again = entry(1795338019000, tokensIn=30, cost=0.1) | {"say": "deleted_api_reqs"}
    for document in ([deleted], [deleted, entry(1795338010000, tokensIn=30)], [deleted, again]):
        path.write_text(json.dumps(document))
        for _ in range(2):
            shell.run("ingest", "cline", HOME=str(tmp_path))
            path.touch()
    rows = shell.rows("agent_usage")
    assert [tuple(map(row.get, ("input_tokens", "output_tokens", "usd"))) for row in rows] == [
        (100, 10, 0.5),
        (30, None, None),
        (None, None, 0.1),
    ]
