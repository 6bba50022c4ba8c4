"""Where tokens went: shares that add up, caches that expired, sessions that are unusual."""

import json
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from burnbook.config.loader import Config
from burnbook.cost.calculate import ATTO, Usd, find_rate
from burnbook.cost.facts import Facts
from burnbook.cost.price_list import PriceList
from burnbook.insight.spending.caches import cache_sums, lost
from burnbook.insight.spending.division import NOT_KNOWN, divide_requests, server_of
from burnbook.insight.spending.outliers import modified_z, outliers, sessions
from burnbook.insight.spending.requests import Spent
from burnbook.insight.whole_shares import divide
from burnbook.rows.usage import Tokens
from conftest import Shell
from frontdoor import ROOT
from hypothesis import given
from hypothesis import strategies as st
from torture.figures import long, record
from usagerows import usage_row

sys.path.append(str(ROOT / "benchmarks"))
from simulate_spending import simulate

START = datetime(2026, 11, 20, 10, tzinfo=UTC)
PRICES = PriceList(Config(str(ROOT / "config")).prices)
OPUS = find_rate(Facts("claude-opus-4-5-20251101", prompt_tokens=1000), date(2026, 11, 20), PRICES)
NAMES = ("Bash", "Read", "mcp__github__get_issue", "mcp__db__query", "Skill:pdf", "Task:Explore")


def spent(minutes: float = 0, attos: int = 0, tokens: Tokens | None = None, **more: Any) -> Spent:
    """A request some minutes after the start."""
    row = usage_row(START + timedelta(minutes=minutes), tokens, **more)
    return Spent(row, Usd(attos, is_whole=True), OPUS)


@given(st.integers(0, 10**24), st.integers(1, 300))
def test_equal_parts_add_up_and_differ_by_one_at_most(amount: int, parts: int) -> None:
    shares = divide(amount, [1] * parts)
    assert sum(shares) == amount
    assert max(shares) - min(shares) <= 1


@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.lists(st.sampled_from(NAMES), max_size=7)),
            st.integers(0, 10**9),
            st.integers(0, 10**6),
            st.booleans(),
        ),
        max_size=12,
    )
)
@pytest.mark.parametrize("report", ["toolcall", "mcp", "skill", "subagent"])
def test_shares_add_up_to_the_token(report: str, requests: list[Any]) -> None:
    all_requests = [
        spent(
            n,
            attos,
            Tokens(input_tokens=tokens, cache_read_tokens=tokens // 3, output_tokens=7),
            tools=None if tools is None else tuple(tools),
            is_subagent=is_subagent,
        )
        for n, (tools, attos, tokens, is_subagent) in enumerate(requests)
    ]
    divided = divide_requests(report, all_requests)
    shares = [share for _, share in divided.shares]
    assert sum(share.total for share in shares) == sum(sum(each.kinds) for each in all_requests)
    assert sum(share.usd.attos for share in shares) == sum(each.usd.attos for each in all_requests)
    called = [tool for each in all_requests for tool in each.row.tools or ()]
    wanted = {
        "toolcall": len(called),
        "mcp": sum(tool.startswith("mcp__") for tool in called),
        "skill": sum(tool.startswith("Skill:") for tool in called),
        "subagent": sum(tool.startswith("Task:") for tool in called),
    }
    assert sum(share.calls for share in shares) == wanted[report]


def test_a_request_with_several_calls_is_divided_evenly() -> None:
    tokens = Tokens(input_tokens=10, output_tokens=1)
    [one] = [spent(tokens=tokens, tools=("Bash", "Read", "Bash"))]
    shares = dict(divide_requests("toolcall", [one]).shares)
    assert (shares["Bash"].calls, shares["Bash"].requests, shares["Bash"].total) == (2, 1, 8)
    assert (shares["Read"].calls, shares["Read"].requests, shares["Read"].total) == (1, 1, 3)


def test_rows_without_the_fact_are_not_known_and_no_tool_is_a_fact() -> None:
    shares = dict(divide_requests("toolcall", [spent(), spent(tools=())]).shares)
    assert {name: share.requests for name, share in shares.items()} == {
        NOT_KNOWN: 1,
        "(no tool)": 1,
    }


def test_the_skill_that_a_log_states_counts_before_the_call() -> None:
    requests = [
        spent(0, tools=("Skill:pdf",)),
        spent(1, tools=("Bash",), skill="release"),
        spent(2, tools=("Bash",)),
    ]
    shares = dict(divide_requests("skill", requests).shares)
    assert {name: share.requests for name, share in shares.items()} == {
        "pdf": 1,
        "release": 1,
        "(no skill)": 1,
    }


def test_a_subagent_has_its_own_requests() -> None:
    requests = [
        spent(0, tools=("Task:Explore",)),
        spent(1, tools=("Read",), is_subagent=True, subagent="Explore"),
        spent(2, tools=(), is_subagent=True),
    ]
    shares = dict(divide_requests("subagent", requests).shares)
    assert {name: (share.calls, share.requests) for name, share in shares.items()} == {
        "(main conversation)": (0, 1),
        "Explore": (1, 1),
        "(no name)": (0, 1),
    }


def growing(*prompts: int, **more: Any) -> list[Spent]:
    """The requests of a session with prompts of these sizes and an output of 100 tokens."""
    return [
        spent(n, tokens=Tokens(input_tokens=size, output_tokens=100), **more)
        for n, size in enumerate(prompts)
    ]


def test_what_results_added_is_the_growth_of_the_next_prompt() -> None:
    first, second, third = growing(1_000, 6_100, 2_000, tools=("Read",))
    shares = dict(divide_requests("toolcall", [first, second, third]).shares)
    # The second prompt was compacted before the third request, so its results are not known.
    assert (shares["Read"].results, shares["Read"].results_of) == (5_000, 1)


@pytest.mark.parametrize(
    ("tool", "server"),
    [
        ("mcp__github__get_issue", "github"),
        ("mcp__a_b__c__d", "a_b"),
        ("mcp__x", None),
        ("mcp____x", None),
        ("Bash", None),
        ("xmcp__a__b", None),
    ],
)
def test_the_server_of_a_tool(tool: str, server: str | None) -> None:
    assert server_of(tool) == server


def cached(minutes: float, read: int, write: int, **more: Any) -> Spent:
    tokens = Tokens(
        input_tokens=5,
        cache_read_tokens=read,
        **{more.pop("kind", "cache_write_5m_tokens"): write},
        output_tokens=50,
    )
    return spent(minutes, tokens=tokens, tools=(), **more)


def test_a_prefix_that_is_written_again_after_five_minutes_has_expired() -> None:
    before, after = cached(0, 0, 50_000), cached(6, 0, 51_000)
    part = lost(before, after)
    assert part is not None
    assert (part.tokens, part.has_expired) == (50_000, True)
    read, write = OPUS.attos[1], OPUS.attos[2]
    assert part.cost == 50_000 * (write - read)


def test_a_prefix_that_is_written_again_at_once_has_changed() -> None:
    part = lost(cached(0, 0, 50_000), cached(1, 0, 51_000))
    assert part is not None
    assert not part.has_expired


def test_a_cache_of_an_hour_lives_for_an_hour() -> None:
    long = {"kind": "cache_write_1h_tokens"}
    early = lost(cached(0, 0, 50_000, **long), cached(59, 0, 51_000, **long))
    late = lost(cached(0, 0, 50_000, **long), cached(61, 0, 51_000, **long))
    assert early is not None and not early.has_expired
    assert late is not None and late.has_expired
    assert late.cost == 50_000 * (OPUS.attos[3] - OPUS.attos[1])


def test_a_cache_that_was_read_has_lost_nothing() -> None:
    assert lost(cached(0, 0, 50_000), cached(100, 50_000, 900)) is None
    assert lost(cached(0, 0, 1_000), cached(100, 0, 1_000)) is None


def test_caches_of_two_models_do_not_replace_each_other() -> None:
    requests = [
        cached(0, 0, 50_000),
        cached(1, 0, 9_000, model="haiku"),
        cached(2, 50_000, 2_000),
    ]
    sums = cache_sums(requests, lambda each: each.row.model)
    assert {name: (each.expired, each.changed) for name, each in sums.items()} == {
        "opus": (0, 0),
        "haiku": (0, 0),
    }


def test_requests_of_subagents_do_not_follow_each_other() -> None:
    requests = [cached(n, 0, 50_000, is_subagent=True) for n in range(0, 30, 10)]
    [sums] = cache_sums(requests, lambda each: None).values()
    assert (sums.expired, sums.changed) == (0, 0)


def test_what_reads_saved_and_writes_cost() -> None:
    [sums] = cache_sums([cached(0, 1_000_000, 100_000)], lambda each: None).values()
    # Opus 4.5: 5 USD a million of input, 0.50 read, 6.25 written.
    assert sums.saved / ATTO == pytest.approx(4.5)
    assert sums.written / ATTO == pytest.approx(0.125)


def conversation(name: str, dollars: float, tools: tuple[str, ...] = ()) -> list[Spent]:
    return [
        spent(n, round(dollars * ATTO), session=name, tools=tools or (NAMES[n % 2],))
        for n in range(10)
    ]


def test_an_expensive_session_is_named_with_the_reason() -> None:
    plain = [each for n in range(40) for each in conversation(f"s{n}", 0.05 + n / 1000)]
    found = outliers(sessions([*plain, *conversation("large", 2.0)]))
    [row] = found.rows
    assert row.session.session == "large"
    assert row.reason.startswith("2 USD per request, 28")
    assert found.compared == 41


def test_a_session_that_repeats_a_tool_is_named() -> None:
    plain = [each for n in range(40) for each in conversation(f"s{n}", 0.05)]
    plain += [each for n in range(20) for each in conversation(f"t{n}", 0.05)[:7]]
    loop = [spent(n, ATTO // 20, session="loop", tools=("Bash",)) for n in range(40)]
    [row] = outliers(sessions([*plain, *loop])).rows
    assert row.reason == "the same tool in 40 requests in a row"


def test_few_sessions_are_not_compared() -> None:
    found = outliers(sessions(conversation("a", 9.0)))
    assert found.rows == []
    assert found.reason == "only 1 session with 5 requests or more; 20 are needed"


def test_equal_values_have_no_outlier() -> None:
    assert modified_z([3.0] * 30) == [0.0] * 30


def test_the_simulation_holds() -> None:
    for each in simulate(long(40, 300), 19):
        promise = f"`usage` divides all requests, and finds unusual sessions: {each.name}"
        target = f"at {'most' if each.is_at_most else 'least'} {each.target}"
        record(promise, "test_the_simulation_holds", f"{each.value:.4g}", target, each.holds)


def test_the_front_door(shell: Shell) -> None:
    content = [{"type": "tool_use", "id": "t1", "name": "mcp__github__get_issue", "input": {}}]
    usage = {"input_tokens": 10, "output_tokens": 5}
    message = {"id": "m", "model": "claude-opus-4-8", "usage": usage, "content": content}
    line = {
        **{"type": "assistant", "timestamp": "2026-11-20T10:00:00.000Z", "sessionId": "s"},
        **{"requestId": "r", "message": message},
    }
    shell.ok("ingest", "claude", "--stdin", stdin=json.dumps(line) + "\n")
    for report, name in (("toolcall", "mcp__github__get_issue"), ("mcp", "github")):
        data = shell.json("usage", report)
        assert [(row["name"], row["calls"], row["total_tokens"]) for row in data["rows"]] == [
            (name, 1, 15)
        ]
        assert data["totals"]["total_tokens"] == 15
        assert shell.ok("usage", report).startswith(f"Usage {report}: {name} has 100% of 15 tokens")
    assert shell.ok("usage", "outliers").startswith("Usage outliers: not known: ")
    assert "Usage cache: saved 0.00 USD" in shell.ok("usage", "cache", "--by", "session")
    assert "no usage matches" in shell.ok("usage", "toolcall", "--since", "2026-11-21")
    assert shell.json("usage", "skill", "--tool", "codex")["rows"] == []
    for words in (
        ("toolcall", "--by", "model"),
        ("cache", "--by", "hour"),
        ("daily", "--by", "session"),
        ("mcp", "--explain"),
        ("mcp", "--format", "csv"),
    ):
        assert "does not apply to" in shell.fails(2, "usage", *words)


def test_prices_by_the_hour_are_those_of_usage(shell: Shell) -> None:
    prices = ("--config-dir", str(ROOT / "config"))
    for number, hour in enumerate((7, 18)):  # at the peak, and outside of it
        message = {
            **{"id": f"m{number}", "role": "assistant", "model": "deepseek-v4-pro", "content": []},
            "usage": {"input_tokens": 1_000_000, "output_tokens": 100_000},
        }
        line = {
            **{"type": "assistant", "timestamp": f"2026-11-20T{hour:02}:00:00.000Z"},
            **{"sessionId": "s", "requestId": f"r{number}", "cwd": "/srv/api", "message": message},
        }
        shell.ok("ingest", "claude", "--stdin", *prices, stdin=json.dumps(line) + "\n")
    usd = shell.json("usage", "model", *prices)["totals"]["usd"]
    assert usd > 0
    assert shell.json("usage", "toolcall", *prices)["totals"]["usd"] == pytest.approx(usd)
    assert shell.json("attribute", *prices)["totals"]["usd"] == pytest.approx(usd)
