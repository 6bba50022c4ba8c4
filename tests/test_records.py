"""Rows: ids from their content, crc over every byte, limits for everything."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from burnbook.base import redact
from burnbook.base.errors import BadData, UsageError
from burnbook.book import codec
from burnbook.rows.meters import Meter, Snapshot, Void, WindowRow
from hypothesis import given
from hypothesis import strategies as st

WHEN = datetime(2026, 11, 22, 9, tzinfo=UTC)


def snapshot(**changes: Any) -> Snapshot:
    fields: dict[str, Any] = {
        "agent": "a",
        "window": "W0",
        "provider": "codex",
        "phase": "before",
        "captured_at": WHEN,
        "meters": (Meter("5h", 11.0, 300, None),),
        "context": None,
        "plan": None,
        "account": None,
        "errors": (),
    }
    return codec.make(Snapshot, **(fields | changes))


def test_the_id_depends_on_the_subject_of_the_row() -> None:
    assert snapshot().id == snapshot(source="file", notes="other").id
    changes: list[dict[str, Any]] = [
        {"agent": "b"},
        {"window": "W1"},
        {"phase": "after"},
        {"provider": "claude"},
        {"captured_at": WHEN.replace(second=1)},
        {"meters": (Meter("5h", 12.0, 300, None),)},
        {"generation": 1},
    ]
    assert len({snapshot(**change).id for change in [{}, *changes]}) == len(changes) + 1


def test_the_older_name_of_a_count_of_requests_is_read() -> None:
    row = snapshot(meters=(), requests=42)
    old = codec.encode(row).replace(b'"requests":42', b'"prompts":42')
    assert codec.decode("snapshots", old) == row


def test_empty_stamps_are_left_out_and_missing_facts_are_null() -> None:
    row = json.loads(codec.encode(snapshot(meters=(Meter("5h", None, 300, None),))))
    assert "notes" not in row
    assert "source" not in row
    assert row["plan"] is None
    assert row["meters"][0]["used_percent"] is None
    assert list(row)[:7] == [
        *("row", "id", "schema_version", "tool_version", "recorded_at", "host", "agent"),
    ]
    assert list(row)[-1] == "crc"


@pytest.mark.parametrize(
    "bad",
    [
        {"agent": "../x"},
        {"window": "a\n"},
        {"meters": (Meter("5h", -1.0, 300, None),)},
        {"meters": (Meter("5h", float("nan"), 300, None),)},
        {"meters": (Meter("5h", float("inf"), 300, None),)},
        {"notes": "x" * 5000},
        {"captured_at": datetime(2026, 1, 1)},
        {"phase": "during"},
        {"requests": -1},
    ],
)
def test_an_oversized_row_is_not_created(bad: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="cannot book this snapshot"):
        snapshot(**bad)


def test_free_text_is_redacted_before_it_is_a_row() -> None:
    row = snapshot(notes="ask ada@example.com", source="bo@example.com")
    assert "example.com" not in codec.encode(row).decode()


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_a_changed_byte_is_found(where: int, change: int) -> None:
    line = bytearray(codec.encode(snapshot(notes="a note", plan="Plus")))
    where %= len(line)
    line[where] ^= change
    with pytest.raises(BadData):
        codec.verify("snapshots", bytes(line))


@given(st.binary(max_size=200))
def test_no_bytes_are_taken_for_a_row(line: bytes) -> None:
    with pytest.raises(BadData):
        codec.verify("snapshots", line + b"\n")


def test_written_values_are_read_back() -> None:
    rows = [snapshot(notes="é \u202e \x00"), codec.make(Void, window="W0", agent="a", void="s-1")]
    for row in rows:
        assert codec.verify("snapshots", codec.encode(row)) == row


def test_a_row_over_one_mebibyte_is_refused() -> None:
    features = {f"p{n:060d}": 1.0 for n in range(20_000)}
    row = codec.make(
        WindowRow,
        window="W0",
        finalized_at=WHEN,
        closings=(),
        anomalies=0,
        features=features,
        quality=None,
        outcome=None,
        methodology=None,
        commit_start=None,
        commit_end=None,
    )
    with pytest.raises(UsageError, match="over the limit"):
        codec.encode(row)


def test_ids_do_not_change() -> None:
    """They are in books: another way to make them would book every row again."""
    assert snapshot().id == "s-e83c98cca7d86bbcb0"
    assert snapshot(generation=1).id == "s-db5fb3312e60c0e643"
    assert snapshot(generation=0).id == snapshot().id


def test_an_incomplete_character_is_reported_with_the_text_before() -> None:
    for text, shown in (("\ud800", r"'\\ud800'"), ("abc\ud800de", r"'abc\\ud800'")):
        with pytest.raises(UsageError, match=rf"cannot book this snapshot: {shown} is not UTF-8"):
            snapshot(commits={"a": text})
    with pytest.raises(UsageError, match=r"snapshot: '789abcdefghijklmnopq\\ud800' is not UTF-8"):
        snapshot(commits={"a": "0123456789abcdefghijklmnopq\ud800"})


@pytest.mark.parametrize(
    ("notes", "is_searched"),
    [
        ("x" * 40, False),
        ("short 1", True),
        ("word1", False),
        ("ab12cd34ef", False),
        ("x" * 9 + "1", True),
    ],
)
def test_a_plain_word_is_not_searched_for_secrets(
    notes: str, is_searched: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[str] = []
    monkeypatch.setattr(redact, "redact", lambda text: searched.append(text) or text)
    snapshot(notes=notes)
    assert searched == [notes] * is_searched


@pytest.mark.parametrize("more", [0, 1])
def test_a_line_of_exactly_one_mebibyte_is_written_and_read(
    more: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert codec.MAX_LINE == 1 << 20
    row = snapshot()
    line = codec.encode(row)
    monkeypatch.setattr(codec, "MAX_LINE", len(line) - more)
    if more:
        with pytest.raises(UsageError, match="over the limit"):
            codec.encode(row)
        with pytest.raises(BadData, match="over the limit"):
            codec.verify("snapshots", line)
    else:
        assert codec.verify("snapshots", codec.encode(row)) == row


def test_a_wrong_crc_is_shown_beside_the_right_one() -> None:
    line = codec.encode(snapshot())
    with pytest.raises(BadData, match=rf"^crc is 00000000, the bytes say {line[-11:-3].decode()}$"):
        codec.verify("snapshots", line[:-11] + b"00000000" + line[-3:])


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b"\xff", r"^.*invalid.*$"),
        (b"[" * 100_000, r"^.+$"),
        (b'{"row":"snapshot","id":7}', r"^expected `str`, got `int`"),
    ],
)
def test_a_decoding_error_is_one_sentence(line: bytes, sentence: str) -> None:
    with pytest.raises(BadData, match=sentence):
        codec.decode("snapshots", line)


def test_an_error_without_a_text_is_named_by_its_kind() -> None:
    assert codec._sentence(RecursionError()) == "recursionError"
    assert codec._sentence(ValueError("Bad value")) == "bad value"
    assert codec._sentence(ValueError("X")) == "x"
