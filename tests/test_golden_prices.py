"""Prices of requests against amounts computed by hand, and names of models as people meet them."""

import ast
import operator
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import tomli
from burnbook.config.loader import Config
from burnbook.config.prices import Price, Prices
from burnbook.cost.calculate import ATTO, calc_price
from burnbook.cost.facts import Facts, Quantities
from burnbook.cost.model_names import reduce_name
from burnbook.cost.price_list import PriceList
from frontdoor import ROOT
from hypothesis import given
from hypothesis import strategies as st

DAY = date(2026, 11, 20)
FIXTURES = ROOT / "tests" / "fixtures"
CASES: list[dict[str, Any]] = tomli.loads((FIXTURES / "golden_prices.toml").read_text("utf-8"))[
    "case"
]
NAMES: dict[str, list[str | None]] = tomli.loads(
    (FIXTURES / "model_names.toml").read_text("utf-8")
)["names"]
SHIPPED = PriceList(Config(str(ROOT / "config")).prices)

_OPERATORS: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add,
    ast.Mult: operator.mul,
}


def value(node: ast.expr) -> Decimal:
    """The value of an arithmetic expression, exactly."""
    if isinstance(node, ast.BinOp):
        return _OPERATORS[type(node.op)](value(node.left), value(node.right))
    assert isinstance(node, ast.Constant)
    return Decimal(repr(node.value))


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 60
    assert len({case["name"] for case in CASES}) == len(CASES)
    assert len(NAMES) >= 60


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_price_is_as_computed_by_hand(case: dict[str, Any]) -> None:
    by_hand = value(ast.parse(case["sum"], mode="eval").body) / 1_000_000
    assert by_hand == Decimal(repr(case["usd"]))
    facts = Facts(case["model"], **case.get("facts", {}))
    priced = calc_price(facts, Quantities(**case["used"]), case["day"], SHIPPED)
    assert priced.reason is None
    assert Decimal(priced.usd.attos) / ATTO == by_hand
    assert sum(priced.parts) == priced.usd.attos


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_price_is_linear_in_what_was_used(case: dict[str, Any]) -> None:
    facts = Facts(case["model"], **case.get("facts", {}))
    used = Quantities(**case["used"])
    seven = Quantities(*(7 * amount for amount in used))
    once, more = (calc_price(facts, each, case["day"], SHIPPED) for each in (used, seven))
    assert more.usd.attos == 7 * once.usd.attos


@pytest.mark.parametrize(("name", "reduced"), NAMES.items())
def test_a_name_is_reduced(name: str, reduced: list[str]) -> None:
    reduced_name = reduce_name(name)
    assert [reduced_name.name, reduced_name.served_by or ""] == reduced


@pytest.mark.parametrize(
    "style",
    [
        *("{}", "us.VENDOR.{}-v1:0", "global.VENDOR.{}", "bedrock/VENDOR.{}-v1:0", "{}@20251001"),
        *(
            "{}[1m]",
            "{}-20251001",
            "{}-2025-10-01",
            "{}-thinking",
            "openrouter/x/{}",
            "my-proxy/{}",
        ),
        *("{}:beta", "vertex_ai/{}@20251001", "publishers/VENDOR/models/{}", "azure/{}"),
        "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.VENDOR.{}-v1:0",
        "projects/p/locations/us-east5/publishers/VENDOR/models/{}@20251001",
    ],
)
@pytest.mark.parametrize(
    ("model", "vendor"),
    [
        *(("claude-opus-4-5", "anthropic"), ("gpt-5.6-sol", "openai"), ("glm-5.2", "zai")),
        *(("gemini-2.5-pro", "google"), ("grok-4.5", "x-ai")),
    ],
)
def test_each_vendors_style_is_understood_for_all(style: str, model: str, vendor: str) -> None:
    bedrock = {"x-ai": "amazon"}.get(vendor, vendor)
    reduced_name = reduce_name(style.format(model).replace("VENDOR", bedrock))
    assert (reduced_name.name, reduced_name.vendor) == (model, vendor)
    used = Quantities(input=1_000_000)
    priced = calc_price(Facts(style.format(model).replace("VENDOR", bedrock)), used, DAY, SHIPPED)
    assert priced.usd.attos > 0


@pytest.mark.parametrize(
    ("model", "log", "served_by"),
    [
        ("claude-opus-4-5", "vertex_ai", "vertex"),
        ("anthropic/claude-sonnet-4.5", "openrouter", "openrouter"),
        ("us.anthropic.claude-sonnet-4-5", "anthropic", "bedrock"),
        ("glm-4.6", "my-relay", "zai"),
        ("claude-opus-4-6", None, "anthropic"),
    ],
)
def test_who_served_a_request(model: str, log: str | None, served_by: str) -> None:
    assert reduce_name(model, log).served_by == served_by


@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from([*NAMES, "/", ".", ":", "@", "-"])).map("".join)
)
def test_any_text_is_reduced_and_a_reduced_name_stays(text: str) -> None:
    reduced_name = reduce_name(text)
    assert reduced_name.spellings
    if reduced_name.name in NAMES:
        assert reduce_name(reduced_name.name).name == reduced_name.name


UNKNOWN: list[tuple[Facts, Quantities, str]] = [
    (Facts(None), Quantities(1), "the log names no model"),
    (Facts("mystery"), Quantities(1), "no price for mystery"),
    (Facts("ollama/qwen3"), Quantities(1), "served on this machine"),
    (Facts("gpt-5", service_tier="scale"), Quantities(1), "the tier 'scale' is not known"),
    (
        *(Facts("glm-5", service_tier="priority"), Quantities(1)),
        "no price for glm-5 in mode priority on 2026-11-20",
    ),
    (Facts("glm-5"), Quantities(1, web_searches=1), "no price for web searches"),
    (
        *(Facts("deepseek-v4-pro"), Quantities(1)),
        "the price depends on the time of day, which is unknown",
    ),
    (
        *(Facts("mine", prompt_tokens=200_001), Quantities(1)),
        "the price is for up to 200,000 prompt tokens",
    ),
    (Facts("long"), Quantities(1), "no price for short prompts of long on 2026-11-20"),
    (Facts("late"), Quantities(1), "no price for late on 2026-11-20"),
]


@pytest.mark.parametrize(("facts", "used", "reason"), UNKNOWN)
def test_what_cannot_be_priced_has_its_reason(facts: Facts, used: Quantities, reason: str) -> None:
    own = {
        "mine": Price(1, 1, base_up_to=200_000),
        "late": Price(1, 1, from_=date(2026, 12, 1)),
        "long": Price(1, 1, over=200_000),
    }
    shipped = SHIPPED.prices
    lists = {seller: shipped.of(seller) for seller in shipped.sellers}
    priced = calc_price(facts, used, DAY, PriceList(Prices(own, lists, lambda: shipped.rules)))
    assert (priced.reason, priced.usd.whole) == (reason, None)
    nothing = calc_price(facts, Quantities(), DAY, SHIPPED)
    assert (nothing.reason, nothing.usd.whole) == (None, 0)


def test_the_known_part_of_a_cost_is_kept() -> None:
    facts = Facts("deepseek-v4-pro")
    priced = calc_price(facts, Quantities(1_000_000), DAY, SHIPPED)
    assert (priced.usd.known, priced.usd.whole) == (0.66, None)
    priced = calc_price(Facts("glm-5"), Quantities(1_000_000, web_searches=3), DAY, SHIPPED)
    assert (priced.usd.known, priced.usd.whole) == (1.0, None)
