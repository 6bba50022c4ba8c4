"""The sums that cost-compare reads are those of the rows, however they were added to the store."""

import json
import tempfile
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from burnbook.book import codec, journal
from burnbook.cost.comparison.tally import PriceKey
from burnbook.cost.facts import size_class
from burnbook.rows.usage import ProxyRequest
from burnbook.store.store import Store
from burnbook.telemetry.costs import projection
from burnbook.telemetry.costs.requests import cost_requests
from conftest import Shell
from hypothesis import given, settings
from hypothesis import strategies as st

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TOKENS = st.sampled_from([None, 0, 7, 100, 128_000, 128_001, 500_000])
ROWS = st.fixed_dictionaries(
    {
        "window": st.sampled_from([None, "W1", "W1", "W2"]),
        "rid": st.sampled_from([None, "a", "b", "c", "d", "e"]),
        "feature": st.sampled_from([None, None, None, "", "a", "x", "y"]),
        "routed": st.booleans(),
        "ok": st.booleans(),
        "model": st.sampled_from([None, "sonnet", "glm"]),
        "input_tokens": TOKENS,
        "output_tokens": TOKENS,
        "latency_ms": st.sampled_from([None, 1.0, 2.5]),
        "usd": st.sampled_from([None, None, 0.0, 0.25]),
        "days": st.integers(0, 2),
    }
)


def row(n: int, days: int = 0, **fields: Any) -> bytes:
    """A row of the journal; `days` after the first day."""
    moment = NOON + timedelta(days=days, seconds=n)
    event = codec.make(ProxyRequest, ts=moment, lane=None, status=None, reason=None, **fields)
    return codec.encode(msgspec.structs.replace(event, id=f"t-{n:016x}"))


@settings(max_examples=60, deadline=None)
@given(st.lists(ROWS, max_size=40), st.lists(st.integers(0, 40), max_size=3), st.booleans())
def test_features_have_the_sums_of_their_rows(
    values: list[dict[str, Any]], cuts: list[int], are_few: bool
) -> None:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as root:
        if are_few:
            patch.setattr(projection, "_MOST_SINGLE", 2)
            patch.setattr(projection, "_MOST_NAMED", 1)
        rows = [row(n, **fields) for n, fields in enumerate(values)]
        for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), 40], strict=True):
            journal.append(root, {"proxy_telemetry": rows[start:end]})
            store = Store(root)
            cost_requests(store, "W1")
            store.close()
        requests = cost_requests(Store(root), "W1")
    by_name: dict[str, list[dict[str, Any]]] = defaultdict(list)
    whole = [fields for fields in values if fields["window"] == "W1"]
    for fields in whole:
        name = fields["rid"] if fields["feature"] is None else fields["feature"]
        by_name[name or ""].append(fields)
    nameless = by_name.pop("", [])
    matched = {n: rows for n, rows in by_name.items() if len({f["routed"] for f in rows}) == 2}
    if not whole:
        assert requests is None
        return
    assert requests is not None
    assert requests.matched.keys() == matched.keys()
    assert (requests.unmatched, requests.without_feature) == (
        len(by_name) - len(matched),
        len(nameless),
    )
    assert requests.without_model == sum(f["model"] is None for f in whole)
    for sides, rows_of in [(requests.window, whole)] + [
        (requests.matched[n], r) for n, r in matched.items()
    ]:
        for tally, routed in zip(sides, (False, True), strict=True):
            own = [fields for fields in rows_of if fields["routed"] == routed]
            assert tally.requests == len(own)
            assert tally.errors == sum(not fields["ok"] for fields in own)
            assert sum(tally.latencies.values()) == sum(f["latency_ms"] is not None for f in own)
            sent = [f["input_tokens"] for f in own if f["input_tokens"] is not None]
            assert tally.sums.input_tokens == (sum(sent) if sent else None)
            reported = [f["usd"] for f in own if f["usd"] is not None]
            assert tally.sums.usd_nanos == sum(reported) * 1_000_000_000
            assert tally.sums.usd_requests == len(reported)
            assert tally.cells.keys() == {
                PriceKey(
                    f["model"],
                    str((NOON + timedelta(days=f["days"])).date()),
                    size_class(f["input_tokens"] or 0),
                    bool(f["usd"]),
                    f["ok"],
                )
                for f in own
            }


def test_a_doubled_row_counts_once_and_is_reported(shell: Shell) -> None:
    fields = {"window": "W1", "ok": True, "model": "glm", "input_tokens": 5, "output_tokens": 5}
    rows = [row(n, rid="r", routed=bool(n), latency_ms=1.0, **fields) for n in range(2)]
    shell.book.mkdir()
    path = shell.book / "proxy_telemetry.jsonl"
    path.write_bytes(b"".join(rows))
    words = ("cost-compare", "--window", "W1")
    once = shell.json(*words)
    assert once["matched"] == 1
    with path.open("ab") as file:
        file.write(rows[0] + rows[1])
    for _ in range(2):
        done = shell.run(*words, "--format", "json")
        assert json.loads(done.stdout) == once
        assert "2 duplicate rows ignored; run repair" in done.stderr
        assert (
            "2 duplicate rows ignored; run repair" in shell.run("preview", "--window", "W1").stderr
        )
        (shell.book / "cache" / "book.sqlite").unlink()
    assert shell.run("check").returncode == 1
    shell.ok("repair", "--yes")
    done = shell.run(*words, "--format", "json")
    assert (json.loads(done.stdout), done.stderr) == (once, "")


@pytest.mark.parametrize("table", ["telemetry_costs", "telemetry_single_features"])
def test_check_compares_the_tables_with_a_rebuild(shell: Shell, table: str) -> None:
    fields = {"window": "W1", "ok": True, "model": "glm", "input_tokens": 5, "output_tokens": 5}
    names = ("a", "a", "b")
    rows = [row(n, rid=r, routed=False, latency_ms=1.0, **fields) for n, r in enumerate(names)]
    shell.book.mkdir(mode=0o700)
    path = shell.book / "proxy_telemetry.jsonl"
    path.write_bytes(b"".join(rows))
    path.chmod(0o600)
    shell.ok("cost-compare", "--window", "W1")
    assert "ok: 3 rows" in shell.ok("check")
    store = Store(str(shell.book))
    connection = store.view(projection.features(str(shell.book)))
    connection.execute("COMMIT")
    connection.execute(f"DELETE FROM {table}")
    store.close()
    assert "telemetry_features differs from a rebuild" in shell.run("check").stdout
