"""Feeds against lines that want to hurt: each is rejected with its reason, the rest is taken."""

import gc
import hashlib
import json
import re
import tracemalloc
from functools import partial
from typing import Any
from unittest import mock

import costs
import pytest
from burnbook.base import redact
from burnbook.jsonl import text as _feeds_text
from burnbook.jsonl.text import CACHED, untouched
from burnbook.telemetry.feeds.decoder import MAX_LINE, Batch, compile_feed
from burnbook.telemetry.feeds.reader import Reader
from hypothesis import given, settings
from hypothesis import strategies as st
from test_feeds import PLAIN, PROXY, declared, decode_one, exact, line, why

FINE = line(PLAIN)


def raw(name: str, text: bytes, row: dict[str, Any] = PLAIN) -> bytes:
    """A line in which the value of a field is `text`."""
    return line(row, **{name: "@@"}).replace(b'"@@"', text)


DEEP = b"[" * 10_000 + b"]" * 10_000
HOSTILE: list[tuple[bytes, str]] = [
    (b"upstream connect error", "not JSON: invalid character at byte 0"),
    (FINE[:40], "not JSON: it is cut off"),
    (FINE[:-1] + b" {}", "not JSON: trailing characters at byte "),
    (raw("latency_ms", b"NaN"), "not JSON: NaN is not a number, at byte "),
    (raw("latency_ms", b"-Infinity"), "not JSON: "),
    (raw("latency_ms", b"1e400"), "number out of range"),
    (raw("more", b"1e400"), "number out of range"),
    (raw("input_tokens", b"9" * 5000), "integer value out of range"),
    (raw("more", b"9" * 5000), "integer value out of range"),
    (raw("latency_ms", b"0." + b"1" * 5000), "a number of 5002 digits"),
    (raw("more", b"[0." + b"1" * 5000 + b"]"), "a number of 5002 digits"),
    (raw("input_tokens", b"99999999999999999999"), "input_tokens: expected int <= 900719925474"),
    (raw("input_tokens", b"9007199254740993"), "input_tokens: expected int <= 900719925474"),
    (raw("input_tokens", b"true"), "input_tokens: expected int | null, got bool"),
    (raw("status", b"true"), "status: expected int | str | null, got bool"),
    (raw("latency_ms", b"false"), "latency_ms: expected float | null, got bool"),
    (raw("input_tokens", b"-1"), "input_tokens: expected int >= 0"),
    (raw("output_tokens", b"-5"), "output_tokens: expected int >= 0"),
    (raw("latency_ms", b"-0.5"), "latency_ms: expected float >= 0"),
    (raw("latency_ms", b"1e300"), "latency_ms: expected float <= 1000000000000"),
    (raw("input_tokens", b"1.5"), "input_tokens: expected int | null, got float"),
    (raw("input_tokens", b'"10"'), "input_tokens: expected int | null, got str"),
    (raw("rid", b"5"), "rid: expected str | null, got int"),
    (raw("rid", b'"' + b"x" * 4097 + b'"'), "rid: expected str of length <= 4096"),
    (raw("ts", b"{}"), "ts: expected int | float | str | null, got object"),
    (FINE.replace(b"}", b',"rid":"b"}'), "duplicate key 'rid'"),
    (FINE.replace(b"}", b',"rid" :"b"}'), "duplicate key 'rid'"),
    (FINE.replace(b"}", b',"r\\u0069d":":"}'), "duplicate key 'rid'"),
    (FINE.replace(b"{", b'{"more":1,"more":2,'), "duplicate key 'more'"),
    (FINE.replace(b"{", b'{"more":{"a":[{"b":1,"b":1}]},'), "duplicate key 'b'"),
    (FINE.replace(b"{", b'{"sk-ant-api03-abcd1234":1,"sk-ant-api03-abcd1234":2,'), "'[key]'"),
    (DEEP, "nested deeper than 64 levels"),
    (b"[" * 10_000, "nested deeper than 64 levels"),
    (raw("more", DEEP), "nested deeper than 64 levels"),
    (raw("more", b'{"a":' * 65 + b"1" + b"}" * 65), "nested deeper than 64 levels"),
    (raw("more", b'"' + b"x" * MAX_LINE + b'"'), f"a line of over {MAX_LINE} bytes"),
    (FINE[:-2] + b" " * MAX_LINE + b"}\n", f"a line of over {MAX_LINE} bytes"),
    (raw("rid", b'"\xff"'), "not UTF-8 at byte "),
    (raw("more", b'"\xed\xa0\x80"'), "not UTF-8 at byte "),
    (FINE.replace(b"{", b'{"\xc3":1,'), "not UTF-8 at byte "),
    (raw("rid", b'"\\ud800"'), "not JSON: "),
    (raw("rid", b'"\\udc00 x"'), "not JSON: "),
    (raw("rid", b'"a\0b"'), "a NUL byte at byte "),
    (b"\0" * 64 + FINE, "a NUL byte at byte 0"),
    (raw("rid", b'"a\\u0000b"'), "rid contains a NUL"),
    (raw("reason", b'"a\\u0000b"'), "reason contains a NUL"),
    (b"null", "not a JSON object"),
    (b"[]", "not a JSON object"),
    (b'"text"', "not a JSON object"),
    (b"\xef\xbb\xbf" * 400_00, "not JSON: "),
    ("\ufeff".encode("utf-16"), "not UTF-8 at byte 0"),
    (raw("lane", b'"\\u001b[31m"'), r"lane '\x1b[31m' is not one"),
    (raw("lane", b'"ada@example.com"'), "lane '[email]' is not one"),
]


@pytest.mark.parametrize(("text", "reason"), HOSTILE, ids=[reason for _, reason in HOSTILE])
def test_a_hostile_line_is_rejected_with_its_reason_and_the_rest_is_taken(
    text: bytes, reason: str
) -> None:
    for decoder in (compile_feed(PROXY), exact()):
        batch = decoder.batch([FINE, text, FINE])
        assert len(batch.events) == 2
        ((at, actual),) = batch.rejected
        assert at == 1
        assert reason in actual
        assert len(actual) < 300
        assert actual.isprintable()


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbf" + FINE,
        FINE.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + FINE.replace(b"\n", b"\r\n"),
        b" \t" + FINE + b"  ",
        FINE.rstrip(),
        FINE.replace(b":", b" :\t").replace(b'"2026-11-22T09 :\t00 :\t', b'"2026-11-22T09:00:')
        .replace(b'"policy :\t', b'"policy:'),
        FINE.replace(b"rid", b"r\\u0069d").replace(b"/", b"\\/"),
        FINE.replace(b"{", b'{"more":{"rid":"nested"},"a:b":"\\":\\"",'),
        FINE.replace(b"{", b'{"digits":"' + b"9" * 5000 + b'",'),
        FINE.replace(b"{", b'{"nul":"\\u0000",'),
    ],
)  # fmt: skip
def test_unusual_formatting_gives_the_same_event(text: bytes) -> None:
    for decoder in (compile_feed(PROXY), exact()):
        assert decode_one(decoder, text) == decode_one(compile_feed(PROXY), FINE)


def test_blank_lines_count_nowhere() -> None:
    blank = [b"", b"\n", b"\r\n", b"  \t\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n"]
    for decoder in (compile_feed(PROXY), exact()):
        assert decoder.batch(blank) == Batch([], [], 0)
    assert compile_feed(PROXY).batch([]) == Batch([], [], 0)


def test_secrets_are_taken_out_of_every_text(tmp_path: Any) -> None:
    key, mail = "sk-ant-api03-abcd1234", "ada@example.com"
    jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"
    row = PLAIN | {"op": f"token={key}", "err_type": jwt, "event": "error"}
    for secret in (key, mail, jwt):
        for name in ("rid", "model", "reason"):
            for decoder in (compile_feed(PROXY), exact()):
                for _ in range(2):  # and from the caches
                    event = decode_one(decoder, line(row, **{name: f"x {secret}"}))
                    assert secret not in repr(event)
                    assert key not in repr(event)
                    assert getattr(event, name) == redact.redact(f"x {secret}")
        assert secret not in why(line(PLAIN, lane=secret))
        assert secret not in why(line(PLAIN, status=secret))
    failing = declared(tmp_path, "map = '.reason | error'\n")
    assert key not in why(line(PLAIN, reason=f"because {key}"), failing)


def test_a_text_that_grows_over_the_bound_when_redacted_is_rejected() -> None:
    text = "a@b.cd " * 585
    assert len(text) <= 4096 < len(redact.redact(text))
    assert why(line(PLAIN, rid=text)) == "rid is over 4096 characters"


pieces = st.sampled_from(
    [
        *("sk-", "ant-", "proj-", "gho_", "ghp_", "github_pat_", "glpat-", "xoxb-", "AKIA", "ASIA"),
        *(
            "AIza",
            "ya29.",
            "hf_",
            "gsk_",
            "xai-",
            "npm_",
            "pypi-",
            "rk_live_",
            "sk_test_",
            "whsec_",
        ),
        *("eyJ", "0123456789abcdef" * 2, "ABCDEFGH12345678", "-----BEGIN PRIVATE KEY-----", "://"),
        *(
            "Authorization",
            "bearer",
            "Basic",
            "api_key",
            "token",
            "secret",
            "password",
            "passphrase",
        ),
        *(
            "private-key",
            "access_key_id",
            "credential",
            "Account",
            "--token",
            "--api-key",
            "a@b.cd",
        ),
        *(":", "=", " ", "\t", "@", "_", "-", ".", "\n", '"', "'", "ſ", "K", "İ", "req_", "x", "1"),
    ]
)


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.one_of(pieces, pieces, st.text(max_size=6)), max_size=8).map("".join))
def test_untouched_text_is_not_changed_by_redact(text: str) -> None:
    if untouched(text):
        assert redact.redact(text) == text
        assert "\0" not in text


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.one_of(pieces, pieces, st.text(max_size=6)), max_size=8).map("".join))
def test_redact_looks_quickly_and_misses_nothing(text: str) -> None:
    always = {"_may_have": lambda *_: True, "_may_assign": lambda _: True}
    with mock.patch.multiple(redact, **always):
        slowly = redact.redact(text)
    assert redact.redact(text) == slowly


@settings(deadline=None)
@given(st.lists(st.lists(pieces, max_size=4).map("".join), max_size=5))
def test_many_texts_together_are_untouched_only_if_each_is(texts: list[str]) -> None:
    if untouched("\n".join(texts)):
        assert all(untouched(text) for text in texts)


def test_usual_ids_are_known_to_be_untouched() -> None:
    usual = [
        *("req_G297AKPZ7EH1000001", "0f8fad5b-d9cb-469f-a165-70867728950e", "chatcmpl-7f1c.2"),
        *("login-form", "msg_01XFDUDYJgAACzvnptvVoYEL", "5b8efff798038103d269b633813fc60c:3", ""),
    ]
    assert all(map(untouched, usual))


def test_untouched_was_read_against_these_patterns() -> None:
    """A new pattern of redact() may need its own test in `untouched`."""
    used = [vars(redact).get(name) for name in redact.redact.__code__.co_names]
    text = "\n".join(value.pattern for value in used if isinstance(value, re.Pattern))
    assert hashlib.blake2b(text.encode(), digest_size=8).hexdigest() == "3671f81a1c0593d5", (
        "redact's patterns changed: see that jsonl.text.untouched still says no wherever one of "
        "them could match, then write the new digest here"
    )


@settings(deadline=None)
@given(st.lists(st.binary(max_size=80), max_size=8), st.integers(0, 200), st.integers(0, 255))
def test_no_bytes_make_it_raise(lines: list[bytes], at: int, byte: int) -> None:
    broken = bytearray(FINE)
    broken[at % len(broken)] = byte
    batch = compile_feed(PROXY).batch([*lines, bytes(broken), FINE])
    assert batch.events[-1] == decode_one(compile_feed(PROXY), FINE)
    assert exact().batch([*lines, bytes(broken), FINE]) == batch
    assert all(reason.isprintable() and len(reason) < 300 for _, reason in batch.rejected)


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from([*PLAIN, "a", ""]), json_values), max_size=12))
def test_repeated_keys_and_nothing_else_are_reported_as_such(pairs: list[Any]) -> None:
    text = ",".join(f"{json.dumps(key)} : {json.dumps(value)}" for key, value in pairs)
    batch = compile_feed(PROXY).batch([b"{" + text.encode() + b"}"])
    keys = [key for key, _ in pairs]
    finite = "NaN" not in text and "Infinity" not in text
    surrogate = any(reason.startswith("not JSON") for _, reason in batch.rejected)
    if finite and not surrogate and batch.rejected:
        reason = batch.rejected[0][1]
        assert reason.startswith("duplicate key") == (len(set(keys)) < len(keys))


@pytest.mark.parametrize(
    "text",
    [
        raw("more", b'"' + b"\\\\" * (MAX_LINE // 2 - 200) + b'"'),
        raw("more", b"[" + b"1," * (MAX_LINE // 2 - 200) + b"1]"),
        raw("more", b'"' + b"9" * (MAX_LINE - 400) + b'"'),
        raw("more", b"{" + b",".join(b'"%d":0' % n for n in range(90_000)) + b"}"),
        raw("rid", b'"' + b"sk-" * ((MAX_LINE - 400) // 3) + b'"'),
        b" " * MAX_LINE,
        b"{" + b'"rid":1,' * (MAX_LINE // 8 - 2) + b'"rid":1}',
    ],
    ids=["escapes", "numbers", "digits", "keys", "text", "spaces", "duplicates"],
)
def test_a_line_of_a_mebibyte_takes_little_time_and_memory(text: bytes) -> None:
    assert len(text) <= MAX_LINE
    decoder = compile_feed(PROXY)
    decoder.batch([text])
    tracemalloc.start()
    try:
        decoder.batch([text])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 64 << 20
    measure = partial(costs.processor_time, lambda: decoder.batch([text]))
    assert costs.seconds(measure, 1) <= 1


def test_caches_have_a_bounded_size() -> None:
    decoder = compile_feed(PROXY)
    decoder.batch(
        [line(PLAIN, reason=f"r{n}", model=f"m{n}", op=f"o{n}") for n in range(2 * CACHED)]
    )
    decoder.batch([line(PLAIN, reason=f"r{n}", model=f"m{n}") for n in range(2 * CACHED)])
    assert decoder._plain is not None
    reader: Reader = decoder._reader
    for cache in (reader._sides, reader._words, decoder._plain._sides):
        assert 0 < len(cache) <= CACHED
    before = len(reader._sides), len(decoder._plain._sides)
    decoder.batch([line(PLAIN, reason="long " * 100)] * 3)
    assert (len(reader._sides), len(decoder._plain._sides)) == before
    assert _feeds_text.CACHED_TEXT < 500


def test_events_are_not_tracked_by_the_garbage_collector() -> None:
    (event,) = compile_feed(PROXY).batch([FINE]).events
    assert not gc.is_tracked(event)
