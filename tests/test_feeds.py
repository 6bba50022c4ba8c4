"""Feeds: lines are decoded as their TOML file declares; all decoder paths agree."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jq
import msgspec
import pytest
from burnbook.base.errors import BadConfig, UsageError
from burnbook.config.loader import Config
from burnbook.rows.usage import ProxyRequest
from burnbook.telemetry.booking.stretch import Stretch, opened
from burnbook.telemetry.feeds.decoder import Batch, Decoder, Event, compile_feed
from costs import processor_time, seconds
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = Config(str(ROOT / "config"))
PROXY = SHIPPED.feed("proxy-telemetry")

PLAIN: dict[str, Any] = {
    "ts": "2026-11-22T09:00:00.250Z",
    "rid": "req_01",
    "lane": "glm",
    "model": "glm-4.6",
    "status": 200,
    "input_tokens": 10,
    "output_tokens": 2,
    "reason": "policy:default",
    "latency_ms": 455,
}
WHEN = datetime(2026, 11, 22, 9, 0, 0, 250_000, tzinfo=UTC)


def line(row: dict[str, Any], **changes: Any) -> bytes:
    return json.dumps({k: v for k, v in (row | changes).items() if v is not ...}).encode() + b"\n"


def exact(feed: Any = PROXY) -> Decoder:
    decoder = compile_feed(feed)
    decoder._plain = None
    return decoder


def decode_one(decoder: Decoder, text: bytes) -> Event:
    batch = decoder.batch([text])
    assert batch.rejected == []
    (event,) = batch.events
    return event


def why(text: bytes, decoder: Decoder | None = None) -> str:
    batch = (decoder or compile_feed(PROXY)).batch([text])
    assert batch.events == []
    ((at, reason),) = batch.rejected
    assert at == 0
    return reason


def declared(tmp_path: Path, text: str) -> Decoder:
    (tmp_path / "feeds").mkdir(exist_ok=True)
    (tmp_path / "feeds" / "mine.toml").write_text(text)
    return compile_feed(Config(str(tmp_path)).feed("mine"))


def fixture(name: str, feed: str) -> Batch:
    decoder = compile_feed(SHIPPED.feed(feed))
    with (ROOT / "tests" / "fixtures" / "feeds" / name).open("rb") as file:
        reader = opened(decoder.form, Stretch(file.fileno(), 0, None, 1))
        lines = [line for chunk in reader.chunks() for line in chunk.lines]
    return decoder.batch(lines)


def test_a_plain_row_is_an_event_with_the_fields_of_a_usage_row() -> None:
    event = decode_one(compile_feed(PROXY), line(PLAIN))
    assert event == Event(
        *(WHEN, "req_01", "glm", "glm-4.6", 200, 10, 2, "policy:default", 455.0),
        *(None, None, None, None, True, True),
    )
    own = [name for name in ProxyRequest.__struct_fields__ if name in Event.__struct_fields__]
    assert tuple(own) == Event.__struct_fields__
    written = msgspec.json.decode(msgspec.json.encode(event))
    assert list(written) == [n for n in Event.__struct_fields__ if n in written]


@pytest.mark.parametrize(
    ("ts", "moment"),
    [
        ("2026-11-22T09:00:00.250Z", WHEN),
        ("2026-11-22T09:00:00.250", WHEN),
        ("2026-11-22 11:00:00.25+02:00", WHEN),
        ("2026-11-22T11:00:00.25+02", WHEN),
        ("2026-11-22T09:00Z", WHEN.replace(microsecond=0, second=0)),
        (1795338000.25, WHEN),
        (1795338000, WHEN.replace(microsecond=0)),
        (1795338000250, WHEN),
        (1795338000250.0, WHEN),
        ("1971-01-01T00:00:00Z", datetime(1971, 1, 1, tzinfo=UTC)),
        ("2999-12-31T23:59:59.999999Z", datetime(2999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
    ],
)
def test_a_moment_is_utc_however_it_is_written(ts: str | float, moment: datetime) -> None:
    for decoder in (compile_feed(PROXY), exact()):
        event = decode_one(decoder, line(PLAIN, ts=ts))
        assert event.ts == moment
        assert event.ts.tzinfo is UTC


@pytest.mark.parametrize(
    "ts",
    [
        *("1795338000", "20261122", "2026-11-22", "", "now", "2026-W47-7", "2026-11-22T25:00:00Z"),
        *("1970-12-31T23:59:59Z", "3000-01-01T00:00:00Z", "2999-12-31T23:59:59-05:00"),
        *("0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00", "２026-11-22T09:00"),
        *(0, -1, 31_000_000, 1e15, 10**30, 1.5, 32503680000000),
    ],
)
def test_times_out_of_range_are_rejected(ts: str | float) -> None:
    assert why(line(PLAIN, ts=ts)).startswith("ts ")


def test_a_feed_may_allow_only_one_time_format(tmp_path: Path) -> None:
    decoder = declared(tmp_path, '[ts]\nkinds = ["milliseconds"]\n')
    assert decode_one(decoder, line(PLAIN, ts=1795338000250)).ts == WHEN
    assert why(line(PLAIN), decoder) == "ts is text, not ms"
    assert "ts" in why(line(PLAIN, ts=1795338000.25), decoder)


@pytest.mark.parametrize(
    ("status", "kept", "ok"),
    [
        *((200, 200, True), (204, 204, True), (301, 301, False), (429, 429, False)),
        *((599, 599, False), ("ok", "ok", True), ("OK", "OK", True), ("cached", "cached", True)),
        *(("error", "error", False), ("timeout", "timeout", False)),
        *(("200", 200, True), ("503", 503, False)),
    ],
)
def test_a_status_is_healthy_or_not(status: int | str, kept: int | str, ok: bool) -> None:
    for decoder in (compile_feed(PROXY), exact()):
        for _ in range(2):  # and from the cache
            event = decode_one(decoder, line(PLAIN, status=status))
            assert (event.status, event.ok) == (kept, ok)


@pytest.mark.parametrize("status", ["200x", "", "-1", "0200", "1e2", "２００", 99, 600, 2**70])
def test_another_status_is_rejected(status: int | str) -> None:
    assert why(line(PLAIN, status=status)).startswith("status ")


@pytest.mark.parametrize(
    ("lane", "model", "routed"),
    [
        *(("glm", "any", True), ("zai", "any", True), ("baseline", "glm-4.6", True)),
        *(("baseline", "GLM-4.6", True), ("unknown", "z.ai/glm", True)),
        *(("baseline", "my-glm-4", False), ("anthropic", "claude", False)),
        *(("unknown", "glm", False), ("baseline", "zxai/x", False)),
    ],
)
def test_lane_or_model_make_a_request_routed(lane: str, model: str, routed: bool) -> None:
    for decoder in (compile_feed(PROXY), exact()):
        assert decode_one(decoder, line(PLAIN, lane=lane, model=model)).routed is routed


def test_a_lane_that_the_feed_does_not_name_is_rejected_and_the_reason_names_the_valid_ones() -> (
    None
):
    assert why(line(PLAIN, lane="canary9")) == (
        "lane 'canary9' is not one of the feed's: baseline, glm, anthropic, zai, unknown"
    )


def test_a_decision_is_not_a_request() -> None:
    decision = PLAIN | {"event": "decision", "status": -1}
    for changes in ({}, {"latency_ms": -1, "input_tokens": "?"}, {"ts": ..., "rid": ...}):
        assert compile_feed(PROXY).batch([line(decision, **changes)]) == Batch([], [], 1)
    assert compile_feed(PROXY).batch([line(PLAIN, status=-1)]) == Batch([], [], 1)


def test_an_error_row_has_a_kind_and_may_lack_answer_fields() -> None:
    row = {"ts": 1795338000.25, "rid": "r", "lane": "zai", "event": "error", "status": 0}
    event = decode_one(compile_feed(PROXY), line(row, err_type="timeout"))
    assert (event.ok, event.routed, event.status) == (False, True, 0)
    assert (event.input_tokens, event.latency_ms, event.model) == (None, None, None)
    assert event.extra == {"err_type": "timeout"}
    assert why(line(row, rid=...)) == "no rid"
    assert decode_one(compile_feed(PROXY), line(PLAIN, event="error")).ok is False


def test_a_missing_required_field_is_rejected() -> None:
    for name in PROXY.required:
        assert why(line(PLAIN, **{name: ...})) == f"no {name}"
        assert why(line(PLAIN, **{name: None})) == f"no {name}"
    for gone in (None, ...):
        assert decode_one(compile_feed(PROXY), line(PLAIN, reason=gone)).reason is None


def test_fields_have_fall_backs_and_the_first_that_is_there_counts() -> None:
    decoder = compile_feed(PROXY)
    other = line(PLAIN, input_tokens=..., output_tokens=None, in_tokens=7, out_tokens=0)
    event = decode_one(decoder, other)
    assert (event.input_tokens, event.output_tokens) == (7, 0)
    assert decode_one(decoder, line(PLAIN, in_tokens=7)).input_tokens == 10
    assert why(line(PLAIN, input_tokens=..., in_tokens=-7)).startswith("in_tokens: expected int")


def test_listed_extra_fields_are_kept_and_others_are_not() -> None:
    event = decode_one(
        compile_feed(PROXY), line(PLAIN, op="messages", retry=0, ttft_ms=1.5, more={"a": 1})
    )
    assert event.extra == {"op": "messages", "retry": 0, "ttft_ms": 1.5}
    assert why(line(PLAIN, op={"a": 1})).startswith("op: expected ")
    assert why(line(PLAIN, retry=2**60)).startswith("retry: expected ")


def test_cached_tokens_are_read() -> None:
    event = decode_one(
        compile_feed(PROXY), line(PLAIN, cached_input_tokens=8, cache_write_tokens=1)
    )
    assert (event.cached_input_tokens, event.cache_write_tokens) == (8, 1)


def test_one_file_may_have_both_dialects() -> None:
    lines: list[bytes] = []
    for name in ("usage", "addon"):
        lines += (ROOT / "samples" / "telemetry" / f"{name}.jsonl").read_bytes().splitlines(True)
    mixed = [text for pair in zip(lines[:8], lines[8:16], strict=True) for text in pair]
    for decoder in (compile_feed(PROXY), exact()):
        batch = decoder.batch(mixed + lines[16:])
        assert (len(batch.events), batch.rejected, batch.ignored) == (15, [], 5)
        assert sum(event.routed for event in batch.events) == 8
        assert sum(not event.ok for event in batch.events) == 4
        assert [event.rid for event in batch.events][:3] == ["checkout-flow"] * 2 + ["a-7f03"]


def test_the_sample_has_four_features_on_both_sides_and_one_error() -> None:
    path = ROOT / "samples" / "telemetry" / "usage.jsonl"
    events = compile_feed(PROXY).batch(path.read_bytes().splitlines()).events
    assert {event.feature for event in events} == {None}
    sides = sorted((str(event.rid), event.routed) for event in events)
    features = ("checkout-flow", "csv-export", "login-form", "search-index")
    assert sides == [(name, side) for name in features for side in (False, True)]
    assert [event.ok for event in events].count(False) == 1


def test_litellm_rows_of_both_shapes_are_mapped() -> None:
    batch = fixture("litellm.jsonl", "litellm")
    first_event, paid, limited, late = batch.events
    assert first_event == Event(
        *(datetime(2026, 11, 22, 9, 14, 5, 250_000, tzinfo=UTC), "chatcmpl-7f1c", "anthropic"),
        *("claude-sonnet-4-5", "success", 2500, 400, None, 2250.0, 1800, 120, None, 0.01125),
        *(False, True, "login-form"),
        {
            "call_type": "acompletion",
            "model_group": "sonnet",
            "cache_hit": "False",
        },
    )
    assert (paid.routed, paid.latency_ms, paid.feature) == (True, 1250.0, "login-form")
    assert (limited.status, limited.ok, limited.routed) == (429, False, True)
    assert limited.extra is not None
    assert limited.extra["err_type"] == "RateLimitError"
    assert (late.status, late.ok, late.latency_ms) == ("failure", False, 10_000.0)
    assert batch.rejected == [(4, "no model")]


def test_open_telemetry_spans_are_mapped_and_an_agents_span_is_not_counted_again() -> None:
    batch = fixture("otel.jsonl", "otel-genai")
    otlp, console, flat = batch.events
    assert (otlp.rid, otlp.lane, otlp.model, otlp.status, otlp.routed, otlp.ok) == (
        *("5b8efff798038103d269b633813fc60c-eee19b7ec3c1b174", "zai", "glm-4.6", "ok", True, True),
    )
    assert (otlp.input_tokens, otlp.output_tokens, otlp.cached_input_tokens) == (1200, 150, 800)
    assert (otlp.ts.isoformat(), otlp.latency_ms) == ("2026-11-22T09:00:00.123457+00:00", 1250.0)
    assert (otlp.feature, otlp.extra) == ("conv-7", {"op": "chat", "finish_reason": "stop"})
    assert (console.status, console.ok, console.latency_ms) == ("error", False, 2500.0)
    assert (console.feature, console.input_tokens) == ("reviewer", None)
    assert console.extra == {"op": "chat", "agent": "reviewer", "err_type": "timeout"}
    assert (flat.status, flat.ok, flat.feature) == (200, True, "docs")
    assert (flat.input_tokens, flat.output_tokens, flat.latency_ms) == (12, 3, 250.0)
    assert (batch.rejected, batch.ignored) == ([], 2)


def test_observations_of_langfuse_are_requests() -> None:
    batch = fixture("langfuse.json", "langfuse")
    answer, failed, total = batch.events
    counts = (answer.input_tokens, answer.output_tokens, answer.cached_input_tokens)
    assert counts == (1000, 20, 800)
    assert (answer.cache_write_tokens, answer.cache_write_1h_tokens, answer.usd) == (100, 40, 0.003)
    assert (answer.latency_ms, answer.feature, answer.ok) == (2500.0, "login-form", True)
    assert (failed.status, failed.ok, failed.extra) == ("error", False, {"err_type": "timeout"})
    assert (total.input_tokens, total.cached_input_tokens, total.latency_ms) == (900, 800, 1500.0)
    assert (batch.rejected, batch.ignored) == ([], 1)


def test_a_table_of_langfuse_has_cells_with_lines() -> None:
    batch = fixture("langfuse.csv", "langfuse")
    (event,) = batch.events
    assert (event.rid, event.input_tokens, event.output_tokens, event.usd) == ("c1", 50, 5, 0.0002)
    assert batch.rejected == []


def test_rows_and_debug_lines_of_claude_code_router_are_requests() -> None:
    batch = fixture("claude-code-router.jsonl", "claude-code-router")
    row, refused, line = batch.events
    assert (row.rid, row.lane, row.input_tokens, row.cached_input_tokens) == (
        "r-1",
        "zai",
        900,
        800,
    )
    assert (row.routed, row.ok, row.usd, row.latency_ms) == (True, True, 0.0004, 1500.0)
    assert (refused.status, refused.ok) == (429, False)
    assert (line.rid, line.model, line.input_tokens) == ("chatcmpl-3", "deepseek-chat", 70)
    assert (batch.rejected, batch.ignored) == ([], 2)


def test_an_answer_from_the_cache_of_litellm_used_no_tokens() -> None:
    row = {"request_id": "c", "model": "m", "startTime": "2026-11-22T09:00:00Z", "spend": 0}
    row |= {"prompt_tokens": 500, "completion_tokens": 50, "cache_hit": "True"}
    event = decode_one(compile_feed(SHIPPED.feed("litellm")), json.dumps(row).encode())
    assert (event.status, event.ok) == ("cached", True)
    assert (event.input_tokens, event.output_tokens, event.usd) == (0, 0, 0.0)


def test_an_end_before_the_start_leaves_out_the_latency() -> None:
    row = {"request_id": "c", "model": "m", "startTime": "2026-11-22T10:00:00+01:00"}
    row |= {"prompt_tokens": 500, "completion_tokens": 50, "endTime": "2026-11-22T09:00:01Z"}
    event = decode_one(compile_feed(SHIPPED.feed("litellm")), json.dumps(row).encode())
    assert (event.input_tokens, event.latency_ms) == (500, None)


def test_a_time_of_litellm_that_cannot_be_read_is_named_or_leaves_out_the_latency() -> None:
    row = {"request_id": "c", "model": "m", "startTime": "2026-11-22T09:00:00Z"}
    row |= {"prompt_tokens": 500, "completion_tokens": 50, "endTime": "soon"}
    decoder = compile_feed(SHIPPED.feed("litellm"))
    assert decode_one(decoder, json.dumps(row).encode()).latency_ms is None
    batch = decoder.batch([json.dumps(row | {"startTime": "today"}).encode()])
    assert (batch.ignored, [reason for _, reason in batch.rejected]) == (
        0,
        ["ts 'today' is not a time from 1971 to 2999"],
    )


@pytest.mark.parametrize("name", ["langfuse", "litellm", "claude-code-router"])
@pytest.mark.parametrize(
    ("row", "limit"),
    [({}, 0.3), ({"id": "a", "model": "m", "startTime": 1795338000, "usage": {"input": 1}}, 0.7)],
)
def test_the_shipped_maps_take_under_a_second_for_a_mebibyte_of_small_rows(
    name: str, row: dict[str, Any], limit: float
) -> None:
    program, line, part = jq.compile(SHIPPED.feed(name).map), json.dumps(row), 16

    def run() -> None:
        for _ in range(8192 // part):  # rows of a list: as many as 1 MiB may have
            assert len(list(program.input_text(line))) == 1

    assert seconds(lambda: processor_time(run), limit / part) < limit / part


def test_a_map_gives_any_number_of_rows_and_says_which_of_them_are_bad(tmp_path: Path) -> None:
    decoder = declared(tmp_path, "map = '.rows[]'\n")
    bad = PLAIN | {"input_tokens": -1}
    batch = decoder.batch(
        [
            json.dumps({"rows": rows}).encode()
            for rows in ([], [PLAIN, PLAIN], [PLAIN, bad, 5], [bad])
        ]
        + [b'{"rows":7}', b"", b"null", b'{"rows":[[1]]}']
    )
    assert len(batch.events) == 3
    assert [at for at, _ in batch.rejected] == [2, 3, 4, 6, 7]
    assert batch.rejected[0][1].startswith("2 of 3 rows: input_tokens: expected int")
    assert batch.rejected[2][1].startswith("the feed's map fails: Cannot iterate over number")
    assert batch.rejected[4][1] == "not a JSON object"


def test_a_map_cannot_invent_numbers_that_json_has_not(tmp_path: Path) -> None:
    decoder = declared(tmp_path, "map = '.latency_ms = infinite'\n")
    assert "latency_ms" in why(line(PLAIN), decoder)
    decoder = declared(tmp_path, "map = '.latency_ms = nan'\n")
    assert "latency_ms" in why(line(PLAIN), decoder)


OTHER = """
title    = "A gateway that nobody has seen yet"
required = ["ts", "rid", "input_tokens"]
healthy  = ["done"]
unhealthy = ["broken"]
keep     = ["meta.try"]
feature  = ["meta.feature", "rid"]
identity = ["rid"]
[fields]
ts            = "at"
rid           = "id"
lane          = []
model         = ["served.model", "asked.model"]
status        = "outcome"
input_tokens  = 'usage."tokens.in"'
output_tokens = 'usage."tokens.out"'
latency_ms    = "took"
[requests]
only = { type = ["call"] }
[routed]
models = ["*small*"]
"""


def test_a_new_producer_is_a_toml_file(tmp_path: Path) -> None:
    decoder = declared(tmp_path, OTHER)
    row = {
        "type": "call",
        "at": 1795338000.25,
        "id": "x1",
        "asked": {"model": "big"},
        "served": {"model": "Small-2"},
        "outcome": "done",
        "usage": {"tokens.in": 5, "tokens.out": 6, "more": [1]},
        "took": 12.5,
        "meta": {"feature": "login", "try": 2},
        "lane": "not read",
    }
    event = decode_one(decoder, line(row))
    assert event == Event(
        *(WHEN, "x1", None, "Small-2", "done", 5, 6, None, 12.5, None, None, None, None),
        *(True, True, "login", {"meta.try": 2}),
    )
    bare = decode_one(decoder, line(row, served=None, meta=..., outcome=...))
    assert (bare.model, bare.routed, bare.feature, bare.extra) == ("big", False, None, None)
    assert bare.ok
    assert decoder.batch([line(row, type="log"), line({"type": "log"})]) == Batch([], [], 2)
    assert why(line(row, usage=5), decoder) == "usage: expected object | null, got int"
    assert why(line(row, usage=None), decoder) == "no input_tokens"


@pytest.mark.parametrize("feature", ["model", '["task", "lane"]', '["task"]'])
def test_the_feature_is_the_field_that_the_feed_names(tmp_path: Path, feature: str) -> None:
    text = f"feature = {feature}\n" if feature.startswith("[") else f'feature = "{feature}"\n'
    decoder = declared(tmp_path, text)
    # A missing value is not null, which means the rid.
    expected = {"model": "glm-4.6", '["task", "lane"]': "glm"}.get(feature, "")
    assert decode_one(decoder, line(PLAIN)).feature == expected
    assert decode_one(decoder, line(PLAIN, task="t")).feature == (
        "t" if "task" in feature else expected
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lane = 1", "unknown key lane; valid: errors, feature, fields"),
        ("[fields]\ntss = 'x'", "unknown key fields.tss; valid: cache_write_1h_tokens"),
        ("[requests]\nnever = {}", "unknown key requests.never; valid: not, only"),
        ("fields = 3", "fields = 3 is not valid; valid: a table"),
        ("keep = 'op'", "keep = 'op' is not valid; valid: expected `array`, got `str`"),
        ("[fields]\nts = 5", "fields.ts = "),
        ("map = '.a ='", "map = '.a =' is not valid; valid: a jq program (jq: error: syntax error"),
        ("map = '.'\n[fields]\nts = 'at'", "valid: nothing beside a map"),
        ("required = ['tokens']", "required = 'tokens' is not valid; valid: ts, rid, lane"),
        ("identity = []", "identity = [] is not valid; valid: at least one"),
        ("healthy = ['7xx']", "healthy = '7xx' is not valid; valid: a word, a status such as 404"),
        ("healthy = ['error']", "unhealthy = 'error' is not valid; valid: what is not in healthy"),
        ("lanes = ['a']\n[routed]\nlanes = ['b']", "routed.lanes = 'b' is not valid; valid: a"),
        ("[routed]\nmodels = ['glm-[4']", "routed.models = 'glm-[4' is not valid; valid: a shell"),
        ("[ts]\nkinds = ['unix']", "ts.kinds = 'unix' is not valid; valid: iso, seconds, millis"),
        ("[fields]\nrid = 'a..b'", "fields.rid = 'a..b' is not valid; valid: a path such as"),
        ("[fields]\nrid = ''", "fields.rid = '' is not valid; valid: a path such as"),
        ("[fields]\nrid = 'a'\nmodel = 'a.b'", "is not valid; valid: no path inside a"),
        (
            "[fields]\nrid = 'a'\nstatus = 'a'",
            "fields.status = 'a' is not valid; valid: a path that",
        ),
        (
            "feature = 'status'",
            "feature = 'status' is not valid; valid: a path, or one of rid, lane",
        ),
        ("journal = 'x'", "journal = 'x' is not valid"),
        ("[requests]\nnot = { event = 'x' }", "requests.not"),
        ("a = ", "is not TOML"),
    ],
)
def test_a_wrong_declaration_is_one_sentence(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(BadConfig) as caught:
        declared(tmp_path, text)
    sentence = str(caught.value)
    assert sentence.startswith(str(tmp_path / "feeds" / "mine.toml"))
    assert message in sentence
    assert "\n" not in sentence


def test_feeds_are_the_files_of_their_folder(tmp_path: Path) -> None:
    names = sorted(path.stem for path in (ROOT / "config" / "feeds").glob("*.toml"))
    assert list(SHIPPED.feeds) == names
    assert Config(str(tmp_path)).feeds == {}
    with pytest.raises(UsageError, match=f"no feed is called 'x'; valid: {', '.join(names)}"):
        SHIPPED.feed("x")
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "no name.toml").write_text("")
    with pytest.raises(BadConfig, match="an id"):
        _ = Config(str(tmp_path)).feeds


def test_an_empty_file_is_a_feed_with_every_default(tmp_path: Path) -> None:
    event = decode_one(declared(tmp_path, ""), line(PLAIN, lane="any"))
    assert (event.lane, event.routed, event.ok, event.feature) == ("any", False, True, None)


TRICKY = [
    "required = []\n[fields]\ncached_input_tokens = 'input_tokens'",
    "feature = '\"reason\"'",
    "feature = ['lane', 'rid']",
    "keep = ['latency_ms', 'rid']",
    "required = ['cached_input_tokens']",
    "[requests]\nnot = { '\"latency_ms\"' = [455] }",
    "[requests]\nonly = { reason = ['policy:default', 'x'] }",
    "[requests]\nonly = { type = ['a'] }",
    "[requests]\nnot = { lane = ['glm'], x = [1, true] }",
    "[errors]\nany = { status = [200], reason = ['x'] }\nkind = 'reason'",
    "[errors]\nany = { rid = ['x'] }\nmay_lack = ['rid']",
    "[ts]\nkinds = ['seconds']",
    "lanes = ['glm']\nhealthy = ['404', '2xx']\nunhealthy = ['204', '4xx']",
    "[fields]\nrid = ['id', 'rid']\nreason = []",
    "[fields]\nmodel = 'reason'\nreason = 'model'",
]
ROWS = [
    *(PLAIN, PLAIN | {"status": 404}, PLAIN | {"status": 204}, PLAIN | {"rid": "x"}),
    *(PLAIN | {"reason": "x"}, PLAIN | {"lane": "b"}, PLAIN | {"x": True}, PLAIN | {"x": 1}),
    *(PLAIN | {"cached_input_tokens": 3}, PLAIN | {"type": "a"}, PLAIN | {"id": "i", "x": 1.0}),
    *(PLAIN | {"model": "a@b.example"}, PLAIN | {"latency_ms": 1}),
]


@pytest.mark.parametrize("text", TRICKY)
def test_all_paths_agree_on_any_feed(tmp_path: Path, text: str) -> None:
    decoder = declared(tmp_path, text)
    lines = [line(row) for row in ROWS]
    both = decoder.batch(lines), decoder.batch(lines)
    decoder._plain = None
    assert (decoder.batch(lines),) * 2 == both


def test_a_feature_that_is_not_text_is_rejected(tmp_path: Path) -> None:
    decoder = declared(tmp_path, "feature = 'kind'\n[requests]\nnot = { kind = ['log'] }\n")
    assert why(line(PLAIN, kind=5), decoder) == "the feature is no text"


texts = st.one_of(
    st.text(max_size=12), st.sampled_from(["glm", "baseline", "ok", "error", "200", "policy:x"])
)
values = st.one_of(
    texts,
    st.integers(-1, 600),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([None, True, [], {}, {"a": 1}, 2**53, 2**53 + 1, 1795338000.5]),
    st.sampled_from(["2026-11-22T09:00:00Z", "2026-11-22T09:00:00+01:00", "a@b.example"]),
)
extras = st.dictionaries(st.sampled_from(["op", "event", "err_type", "in_tokens", "x"]), values)
changes = st.dictionaries(st.sampled_from(list(PLAIN)), st.one_of(values, st.just(...)), max_size=3)


@settings(deadline=None)
@given(st.lists(st.tuples(changes, extras, st.integers(0, 30)), max_size=20), st.data())
def test_all_paths_agree_on_any_rows(rows: list[Any], data: st.DataObject) -> None:
    lines = []
    for changed, extra, kind in rows:
        text = line(PLAIN, **(changed if kind % 3 == 0 else {}), **(extra if kind % 2 else {}))
        if kind == 7:
            text = text[: data.draw(st.integers(0, len(text)))]
        if kind == 8:
            text = text.replace(b"}", b',"' + b'rid":"again"}')
        if kind == 9:
            text = text.replace(b'"rid"', b'"\\u0072id"').replace(b"\n", b"\r\n")
        lines.append(text)
    quick = compile_feed(PROXY)
    whole = quick.batch(lines)
    assert exact().batch(lines) == whole
    assert quick.batch(lines) == whole  # with its caches full
    at = data.draw(st.integers(0, len(lines)))
    first, second = quick.batch(lines[:at]), quick.batch(lines[at:])
    assert first.events + second.events == whole.events
    assert first.ignored + second.ignored == whole.ignored
    assert first.rejected + [(n + at, reason) for n, reason in second.rejected] == whole.rejected


@settings(deadline=None)
@given(st.lists(st.tuples(changes, extras), max_size=10))
def test_every_event_equals_its_decoded_row(rows: list[Any]) -> None:
    reader = msgspec.defstruct(
        "Own",
        [
            (f.name, f.type, msgspec.UNSET)
            for f in msgspec.structs.fields(ProxyRequest)
            if f.name in PARTS
        ],
    )
    events = compile_feed(PROXY).batch([line(PLAIN, **a, **b) for a, b in rows]).events
    for event in events:
        text = msgspec.json.encode(event)
        again = msgspec.json.encode(msgspec.json.decode(text, type=reader))
        assert msgspec.json.decode(again) == msgspec.json.decode(text)


PARTS = Event.__struct_fields__
