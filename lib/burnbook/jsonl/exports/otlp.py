"""The records in one value of OTLP/JSON: log records, spans and data points, each a flat object.

The collector and most SDKs write batches (`resourceLogs`, `resourceSpans`, `resourceMetrics`) with
attributes as lists of keys and typed values. Console exporters of SDKs write one record each, with
attributes as a map or beside its other fields. Both are read, in camelCase and in snake_case.

A record has `signal` (`log`, `span` or `metric`), `name`, `ts` (ISO 8601), `attributes`, `service`
and `scope`. A span, and a log record of one, have the `id` of the span; a span has `duration_ms`
and `is_error`. Both have the GenAI conventions' `op`, `agent` and `finish_reason`. Times are those
of the start. Of a list among the attributes, the first value is kept. Texts over MAX_TEXT are left
out: they are prompts and answers.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from burnbook.jsonl.exports import counters
from burnbook.jsonl.exports.typed import (
    Record,
    attributes_of,
    either,
    first,
    iso,
    nanos_of,
    number_of,
    object_of,
    objects,
    plain,
    text_of,
)

_BATCHES = {
    "log": ("resourceLogs", "scopeLogs", "logRecords"),
    "span": ("resourceSpans", "scopeSpans", "spans"),
    "metric": ("resourceMetrics", "scopeMetrics", "metrics"),
}
_OLD_SCOPES = ("instrumentationLibrarySpans", "instrumentationLibraryLogs")
_SMALLEST = 48  # bytes of a record
_CALLS = ("gen_ai.response.model", "gen_ai.request.model")


def is_batch(value: Any) -> bool:
    """Whether a value is a batch of OTLP."""
    return isinstance(value, dict) and any(
        either(value, outer) is not None for outer, _, _ in _BATCHES.values()
    )


def records(value: Any, size: int) -> Iterator[Record]:
    """The records in a value of `size` bytes; a value that is none of OTLP's has none."""
    left = size // _SMALLEST + 1
    for record in _records(value):
        if not left:
            yield {"signal": "none", "name": "more records than the size of their value explains"}
            return
        left -= 1
        yield record


def _records(value: Any) -> Iterator[Record]:
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, dict):
            continue
        if not is_batch(item):
            yield from _single(item)
            continue
        for signal, names in _BATCHES.items():
            yield from _batch(item, signal, *names)


def _batch(value: Record, signal: str, outer: str, middle: str, inner: str) -> Iterator[Record]:
    for resource in objects(either(value, outer)):
        about = attributes_of(object_of(resource.get("resource")).get("attributes"))
        scopes = [either(resource, middle), *map(resource.get, _OLD_SCOPES)]
        for scope in (each for level in scopes for each in objects(level)):
            common = {
                "service": about.get("service.name"),
                "scope": text_of(object_of(scope.get("scope")).get("name")),
            }
            found = objects(either(scope, inner))
            if signal == "metric":
                yield from _points(found, common)
            elif signal == "span":
                yield from (_span(span, common) for span in found)
            else:
                yield from (_log(record, common) for record in found)


def _single(item: Record) -> Iterator[Record]:
    """A record that an SDK wrote by itself."""
    resource = object_of(item.get("resource"))
    about = attributes_of(resource.get("attributes") or resource.get("_rawAttributes"))
    scope = object_of(item.get("instrumentationScope") or item.get("scope"))
    common = {"service": about.get("service.name"), "scope": text_of(scope.get("name"))}
    if any(first(item, name) is not None for name in ("endTimeUnixNano", "endTime")) or (
        first(item, "spanId", "traceId") is not None and first(item, "startTime") is not None
    ):
        yield _span(item, common)
    elif "descriptor" not in item and ("attributes" in item or "body" in item):
        yield _log(item, common)


def _span(span: Record, common: Record) -> Record:
    attributes = attributes_of(span.get("attributes"))
    # Some exporters write the attributes beside the other fields.
    attributes |= attributes_of({k: v for k, v in span.items() if "." in k or k == "feature"})
    start = nanos_of(first(span, "startTimeUnixNano", "startTime"))
    end = nanos_of(first(span, "endTimeUnixNano", "endTime"))
    status = span.get("status")
    if isinstance(status, dict):
        status = status.get("code", status.get("status_code"))
    is_error = str(status) == "2" or str(status).upper().endswith("ERROR")
    has_model = any(attributes.get(name) for name in _CALLS)
    record = {
        "signal": "span",
        "name": text_of(span.get("name")) or "span",
        "ts": iso(start),
        "id": _span_id(span),
        "is_error": is_error,
        "status": "error" if is_error else "ok",
        "attributes": attributes,
        **_genai(attributes),
        **common,
    }
    if record["op"] is None and has_model:
        record["op"] = "chat"  # older names have no operation
    if start is not None and end is not None and end >= start:
        record["duration_ms"] = (end - start) / 1_000_000
    return record


def _log(record: Record, common: Record) -> Record:
    attributes = attributes_of(record.get("attributes"))
    body = record.get("body", record.get("_body"))
    body = plain(body) if isinstance(body, dict) else body
    names = (first(record, "eventName"), attributes.get("event.name"), body)
    texts = [name for name in map(text_of, names) if name and " " not in name]
    ts = nanos_of(first(record, "timeUnixNano", "hrTime", "timestamp"))
    ts = ts or nanos_of(first(record, "observedTimeUnixNano", "hrTimeObserved"))
    return {
        "signal": "log",
        # The name with its namespace, if any of the places has it.
        "name": next((text for text in texts if "." in text), texts[0] if texts else "log record"),
        "ts": iso(ts) or attributes.get("event.timestamp"),
        "id": _span_id(record),
        "is_error": False,
        "status": "ok",
        "attributes": attributes,
        **_genai(attributes),
        **common,
    }


def _genai(attributes: Record) -> Record:
    return {
        "op": attributes.get("gen_ai.operation.name"),
        "agent": attributes.get("gen_ai.agent.name"),
        "finish_reason": attributes.get("gen_ai.response.finish_reasons"),
        "feature": attributes.get("feature"),
    }


def _points(metrics: Iterable[Record], common: Record) -> Iterator[Record]:
    points = []
    for metric in metrics:
        for kind in ("sum", "gauge", "histogram", "exponentialHistogram", "summary"):
            data = either(metric, kind)
            if not isinstance(data, dict):
                continue
            temporality = str(either(data, "aggregationTemporality"))
            for point in objects(either(data, "dataPoints")):
                amount = first(point, "asInt", "asDouble", "sum")
                points.append(
                    counters.Point(
                        text_of(metric.get("name")) or "metric",
                        kind,
                        temporality == "2" or temporality.upper().endswith("CUMULATIVE"),
                        nanos_of(first(point, "startTimeUnixNano")),
                        nanos_of(first(point, "timeUnixNano")),
                        attributes_of(point.get("attributes")),
                        number_of(amount),
                    )
                )
    for together in counters.grouped(points):
        record = together._asdict()
        yield {"signal": "metric", **record, "ts": iso(record.pop("nanos")), **common}


def _span_id(record: Record) -> str | None:
    context = object_of(record.get("context") or record.get("spanContext"))
    ids = [first(record, name) or first(context, name) for name in ("traceId", "spanId")]
    texts = [text for text in map(text_of, ids) if text]
    return "-".join(texts) if len(texts) == 2 else None
