"""The retry of each failed routed request is the same whatever the order of rows in the journal."""

import tempfile
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import msgspec
import pytest
from burnbook.book import codec, journal
from burnbook.rows.usage import ProxyRequest
from burnbook.store.store import Store
from burnbook.telemetry.costs import retries
from burnbook.telemetry.costs.requests import cost_requests

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CHOICES: dict[str, list[Any]] = {
    "window": ["W1", "W1", "W2"],
    "minute": list(range(100)),
    "rid": [None, "a", "b", "c"],
    "feature": [None, None, "", "x"],
    "mark": [*[None] * 20, "a", "z"],
    "routed": [False, True],
    "ok": [False, True],
    "input_tokens": [None, 0, 100, 120, 500, 70_000],
}


def line(n: int, values: dict[str, Any]) -> bytes:
    fields = {k: values[k] for k in ("window", "rid", "feature", "routed", "ok", "input_tokens")}
    row = codec.make(
        ProxyRequest,
        ts=NOON + timedelta(microseconds=values["at"]),
        extra=values["mark"] and {"retry_of": values["mark"]},
        output_tokens=1,
        **dict.fromkeys(("lane", "model", "status", "reason", "latency_ms")),
        **fields,
    )
    return codec.encode(msgspec.structs.replace(row, id=f"t-{n:016x}"))


def by_the_rule(rows: list[dict[str, Any]]) -> dict[int, int | None]:
    """The row that did the work of each failed routed row again, by their numbers."""

    def name(row: dict[str, Any]) -> str | None:
        return row["feature"] or row["rid"]

    def is_similar(first: int | None, second: int | None) -> bool:
        digits = [len(f"{tokens:b}") for tokens in (first, second) if tokens]
        return len(digits) < 2 or abs(digits[0] - digits[1]) <= 1

    retry_of: dict[int, int | None] = {}
    for n, row in enumerate(rows):
        if row["ok"] or not row["routed"]:
            continue
        later = [
            (other["at"], m)
            for m, other in enumerate(rows)
            if other["ok"] and other["at"] >= row["at"]
        ]
        ids = {row["rid"], row["mark"]} - {None}
        marked = [entry for entry in later if rows[entry[1]]["mark"] in ids]
        following = [
            entry
            for entry in later
            if name(row) is not None
            and name(rows[entry[1]]) == name(row)
            and entry[0] <= row["at"] + 600_000_000
            and is_similar(row["input_tokens"], rows[entry[1]]["input_tokens"])
        ]
        retry_of[n] = min(marked or following, default=(0, None))[1]
    return retry_of


@pytest.mark.parametrize("together", [2, 5, 8192])
@pytest.mark.parametrize("seed", range(16))
def test_retries_follow_the_rule_in_any_order(seed: int, together: int) -> None:
    draw = Random(f"{seed} {together}")
    rows = [{name: draw.choice(of) for name, of in CHOICES.items()} for _ in range(200)]
    for n, row in enumerate(rows):  # no two at the same time
        row["at"] = 60_000_000 * row["minute"] + n
    if seed % 2:
        rows.sort(key=lambda row: row["minute"] + draw.randrange(9))
    cuts = draw.sample(range(200), seed)
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as root:
        patch.setattr(retries, "_TOGETHER", together)
        patch.setattr(journal, "_BATCH", 300)  # bytes, about a row
        lines = [line(n, values) for n, values in enumerate(rows)]
        for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), 200], strict=True):
            journal.append(root, {"proxy_telemetry": lines[start:end]})
            store = Store(root)
            cost_requests(store, "W1")
            store.close()
        requests = cost_requests(Store(root), "W1")
    expected: dict[str | None, dict[int, int]] = {}
    for n, retry in by_the_rule(rows).items():
        if rows[n]["window"] == "W1" and retry is not None and not rows[retry]["routed"]:
            expected.setdefault(rows[n]["feature"] or rows[n]["rid"], {})[n] = retry
    actual = requests.retried if requests else {}
    assert {name: (of.attempts.requests, len(of.requests)) for name, of in actual.items()} == {
        name: (len(of), len(set(of.values()))) for name, of in expected.items()
    }
