"""Lines that have several records, parts of records, or half of a surrogate pair."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from burnbook.jsonl.records import records
from conftest import Shell
from hypothesis import given
from hypothesis import strategies as st

LONG_AGO = 1_790_000_000


def line(number: int, text: str = "ok") -> bytes:
    """A line of a transcript, without its newline."""
    message = {"id": f"msg_01{number}", "model": "claude-opus-5", "content": [{"text": text}]}
    stamps = {"uuid": f"u{number}", "timestamp": f"2026-11-22T09:0{number}:00.000Z"}
    ids = {"type": "assistant", "sessionId": "s", "requestId": f"req_01{number}"}
    usage = {"input_tokens": 100, "cache_creation": {"ephemeral_1h_input_tokens": 0}}
    return json.dumps({**ids, **stamps, "message": {**message, "usage": usage}}).encode()


ONE, TWO, THREE = (line(number) for number in (1, 2, 3))
LINES = [
    (ONE + TWO, 2, 0),
    (ONE + b" " + TWO + THREE, 3, 0),
    (ONE[:-9] + TWO, 1, 1),
    (ONE[:-9] + TWO + THREE, 2, 1),
    (ONE + TWO[:-9], 1, 1),
    (ONE + TWO[:40] + THREE, 2, 1),
    (ONE[:40] + b"\0\0\0" + TWO + b"\0" + THREE + b"\0\0", 2, 1),
    (b"\xef\xbb\xbf" + ONE + TWO, 2, 0),
    (ONE[:-9], 0, 1),
    (ONE[:90] + b"\0" + ONE[90:], 0, 1),
    (ONE.replace(b'"ok"', rb'"\ud83d"'), 1, 0),
    (ONE.replace(b'"ok"', rb'"\\ud83d \uD83D\ude00 \udc00"'), 1, 0),
    (ONE.replace(b'"ok"', rb'"\udc00"') + TWO[:-9], 1, 1),
]


@pytest.mark.parametrize(("text", "accepted", "rejected"), LINES)
def test_the_whole_records_of_a_line_count(
    shell: Shell, tmp_path: Path, text: bytes, accepted: int, rejected: int
) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(line(8) + b"\n" + text + b"\n" + line(9) + b"\n")
    output = shell.json("ingest", "claude", "--file", str(log))
    assert (output["accepted"], output["rejected"]) == (accepted + 2, rejected)
    assert len(shell.rows("rejects/claude")) == rejected
    assert shell.json("ingest", "claude", "--file", str(log))["accepted"] == 0


def test_a_record_behind_one_without_a_newline_counts(shell: Shell, tmp_path: Path) -> None:
    log = tmp_path / ".claude" / "projects" / "p" / "s.jsonl"
    log.parent.mkdir(parents=True)

    def ingest(data: bytes) -> Any:
        with log.open("ab") as file:
            file.write(data)
        os.utime(log, (LONG_AGO, LONG_AGO))
        output = shell.json("ingest", "claude", HOME=str(tmp_path))
        return output["accepted"], output["duplicates"], output["rejected"]

    assert ingest(ONE) == (1, 0, 0)
    assert ingest(TWO + b"\n") == (1, 1, 0)


def test_a_document_with_half_of_a_pair_counts(shell: Shell, tmp_path: Path) -> None:
    message = {
        "id": "g",
        "type": "gemini",
        "timestamp": "2026-11-22T09:00:00Z",
        "content": "\ud83d",
    }
    message |= {"model": "gemini-2.5-pro", "tokens": {"input": 9, "output": 1}}
    log = tmp_path / "session-1.json"
    log.write_text(json.dumps({"sessionId": "s", "messages": [message]}))
    output = shell.json("ingest", "gemini", "--file", str(log))
    assert (output["accepted"], output["rejected"]) == (1, 0)


@given(
    st.lists(st.tuples(st.integers(1, 9), st.text(), st.floats(0, 1)), min_size=1, max_size=4),
    st.sampled_from([b"", b" ", b"\0", b"\0\0\0"]),
)
def test_parts_hide_no_whole_record(parts: list[tuple[int, str, float]], glue: bytes) -> None:
    texts = [(line(number, text), share) for number, text, share in parts]
    # A part in a text that is cut off may hide what follows it, so only the first may be one.
    (first, share), *others = texts
    pieces = [first[: int(len(first) * share)], *(text for text, _ in others)]
    read = records(glue.join(pieces))
    assert [each.strip() for each in read[len(read) - len(others) :]] == pieces[1:]


def test_a_long_line_of_parts_takes_little_time() -> None:
    for text in (b'{"a":' * 200_000, b'{"' * 500_000, b'{"a":{}' * 100_000):
        assert records(text) == [text]
    assert records(b"{}" * 500_000)[19_999:] == [b"{}", b"{}" * 480_000]
    assert len(records(b"x" + b'{"a":1}' * 150_000)) == 150_001
    lists = b"x" + (b'{"a":[' + b"1," * 250) * 2_000
    assert records(lists) == [lists]
