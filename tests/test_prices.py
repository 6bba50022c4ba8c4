"""Prices: which entry a model has, mistakes in the files, and what an update writes."""

import sys
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from burnbook.base.errors import BadConfig, Missing
from burnbook.book.book import Book
from burnbook.commands.setup import prices
from burnbook.config.loader import Config
from burnbook.config.prices import Price, Prices
from burnbook.context import Context
from burnbook.cost.price_list import PriceList, spelled, standard
from burnbook.cost.update import genai_prices, history, price_file
from burnbook.store.store import Store
from burnbook.times import clock
from conftest import ROOT, Shell

DAY = date(2026, 11, 22)


def find(prices: dict[str, Price], model: str) -> Price | None:
    entry = PriceList(Prices(prices)).find(model)
    return entry.rates[0] if entry else None


def test_every_shipped_price_is_whole() -> None:
    shipped = Config(str(ROOT / "config")).prices
    listed = PriceList(shipped)
    assert shipped.as_of is not None
    assert (shipped.source or "").startswith("genai-prices ")
    for model in (
        *("claude-opus-4-5-20251101", "claude-sonnet-4-5-20250929[1m]", "claude-haiku-4-5"),
        *("gpt-5.1-codex", "gpt-5.3-codex", "glm-4.6", "GLM-4.5-Air", "z.ai/glm-5"),
        *("gemini-3-pro-preview", "qwen3-coder-plus", "kimi-k2.5", "deepseek-v4-pro"),
        *("grok-4.5", "devstral-2512", "MiniMax-M2.5"),
    ):
        entry = listed.find(model)
        assert entry is not None, model
        price = standard(entry.rates, DAY)
        assert price is not None, model
        assert price.output > price.input > (price.cache_read or 0) > 0
    assert listed.find("mystery") is None


def test_a_name_has_one_price_in_a_shipped_list() -> None:
    """Names that differ in dots and dashes alone are one name."""
    shipped = Config(str(ROOT / "config")).prices
    for seller in shipped.sellers:
        table = shipped.of(seller)
        assert len({spelled(name) for name in table}) == len(table), seller
        assert all(
            isinstance(table[rates], tuple) for rates in table.values() if isinstance(rates, str)
        )


@pytest.mark.parametrize(
    ("model", "wins"),
    [
        ("claude-sonnet-4-5", "claude-sonnet-4-5"),  # exact before any pattern
        ("Claude-Sonnet-4-5", "claude-sonnet-4-5"),
        ("claude-sonnet-4-5-20250929", "claude-sonnet-4-5*"),  # the longest of three
        ("claude-sonnet-4-1", "claude-sonnet-4*"),
        ("claude-opus", "claude*"),
        ("z.ai/claude-sonnet-4-5", "claude-sonnet-4-5"),
        ("z.ai/glm-9", "z.ai/*"),
        ("other/glm-9", "glm-?"),
        ("glm-99", None),
        ("xclaude", None),
        ("a.c", "a.c"),
        ("abc", None),
        ("aXbYb", "a*b"),
        ("", None),
    ],
)
def test_exact_beats_a_pattern_and_the_longest_pattern_wins(model: str, wins: str | None) -> None:
    names = (
        *("claude*", "claude-sonnet-4*", "claude-sonnet-4-5*", "claude-sonnet-4-5"),
        *("glm-?", "z.ai/*", "a.c", "a*b"),
    )
    result = find({name: Price(1, 1, source=name) for name in names}, model)
    assert (result.source if result else None) == wins


def test_equally_long_patterns_go_by_the_files_order() -> None:
    first = {"a*c": Price(1, 1), "ab*": Price(2, 2)}
    assert find(first, "abc") == Price(1, 1)
    assert find(dict(reversed(first.items())), "abc") == Price(2, 2)


def test_no_name_takes_long_to_refuse() -> None:
    assert find({"*a*a*a*a*a*a*b": Price(1, 1)}, "a" * 4096) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("prices = 3", ["prices = 3", "[prices.NAME]"]),
        ("pricse = 3", ["unknown key pricse", "as_of, prices, source"]),
        ("as_of = 'soon'", ["as_of = 'soon'"]),
        ("[prices.m]\ninput = 1", ["prices.m", "output"]),
        ("[prices.m]\ninput = -1\noutput = 1", ["prices.m.input = -1"]),
        ("[prices.m]\ninput = nan\noutput = 1", ["prices.m.input = nan"]),
        ("[prices.m]\ninput = inf\noutput = 1", ["prices.m.input = inf"]),
        ("[prices.m]\ninput = '1'\noutput = 1", ["prices.m.input = '1'", "float"]),
        ("[prices.m]\ninput = true\noutput = 1", ["prices.m.input = True", "float"]),
        ("[prices.m]\ninput = 1\noutput = 1\ncache = 1", ["unknown key prices.m.cache"]),
        ("[prices.m]\ninput = 1\noutput = 1\nbase_up_to = 0", ["prices.m.base_up_to = 0"]),
        ("[prices.'a b']\ninput = 1\noutput = 1", ["prices.a b", "without spaces"]),
        ("[prices.'']\ninput = 1\noutput = 1", ["prices. = ''"]),
        ("[prices]\nm = {input=1, output=1}\nM = {input=2, output=2}", ["prices.M", "once"]),
        ("[prices.m]\ninput = 1\noutput = 1\nover = 100", ["prices.m.over = 100", "one of 16000"]),
        ("[prices.m]\ninput = 1\noutput = 1\nmode = 'x'", ["prices.m.mode = 'x'"]),
        ("[prices.m]\ninput = 1\noutput = 1\nhours = '1-2'", ["prices.m.hours = '1-2'"]),
        ("[prices.m]\ninput = 1\noutput = 1\nfrom = 'now'", ["prices.m.from = 'now'"]),
        (
            "[prices.m]\ninput = 1\noutput = 1\nfrom = 2026-01-02\nuntil = 2026-01-01",
            ["prices.m.until = '2026-01-01'", "2026-01-02 or later"],
        ),
        ("[prices]\nm = [{input=1, output=1}, {input=2}]", ["prices.m[1]", "output"]),
        ("[prices]\nm = []", ["prices.m = []", "a table"]),
        ("[prices", ["is not TOML"]),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_78(shell: Shell, text: str, words: list[str]) -> None:
    (shell.config / "prices.toml").write_text(text)
    sentence = shell.fails(78, "prices")
    for word in ("prices.toml", *words):
        assert word in sentence


def test_the_table(shell: Shell) -> None:
    assert "No prices" in shell.ok("prices")
    (shell.config / "prices.toml").write_text(
        'as_of = 2026-11-20\nsource = "me"\n[prices."glm-*"]\ninput = 0.6\noutput = 2.25\n'
    )
    shown = shell.ok("prices").splitlines()
    assert shown[0] == "USD per million tokens, as of 2026-11-20, from me"
    assert shown[2].split() == ["glm-*", "0.6", "2.25", "-", "-", "-", "-", "by", "hand"]
    assert r"| glm-\* | 0.6 | 2.25 |" in shell.ok("prices", "--format", "markdown")
    result = shell.json("prices")
    assert (result["as_of"], result["source"]) == ("2026-11-20", "me")
    assert result["prices"]["glm-*"]["output"] == 2.25
    assert result["prices"]["glm-*"]["cache_read"] is None
    assert not shell.book.exists()


class Clause(SimpleNamespace):
    """A match clause of the package: its attribute determines its kind."""


def prices_of(**usd: Any) -> Any:
    return SimpleNamespace(**{f"{kind}_mtok": value for kind, value in usd.items()})


def model(name: str, match: Any, prices: Any, variants: Any = None) -> Any:
    return SimpleNamespace(id=name, match=match, prices=prices, price_variants=variants)


def tiered(base: str, start: int, above: str) -> Any:
    tier = SimpleNamespace(start=start, price=Decimal(above))
    return SimpleNamespace(base=Decimal(base), tiers=[tier])


def starting(day: date | None, prices: Any, when: Any = None) -> Any:
    constraint = SimpleNamespace(start_date=day) if day else None
    return SimpleNamespace(constraint=constraint, prices=prices, when=when)


def lists(*models: Any, seller: str = "anthropic") -> Any:
    left_out: list[str] = []
    result = genai_prices.lists([SimpleNamespace(id=seller, models=models)], left_out)
    return result[seller] if result else left_out


def test_names_of_the_package() -> None:
    either = Clause(or_=[Clause(starts_with="claude-5"), Clause(equals="Claude-V")])
    dated = Clause(or_=[Clause(equals="claude-6.1"), Clause(regex=r"^claude-6\.1[-@]\d{8}$")])
    price = prices_of(input=Decimal(1), output=Decimal(2))
    other = prices_of(input=Decimal(9), output=Decimal(9))
    result = lists(
        model("claude-5", either, price),
        model("claude-5-late", Clause(starts_with="claude-5"), other),
        model("claude-6-1", dated, price),
        model("claude-embed", Clause(equals="claude-embed"), prices_of(input=Decimal(1))),
    )
    assert list(result) == ["claude-5", "claude-5*", "claude-v", "claude-5-late", "claude-6-1"]
    assert result["claude-5*"] == (Price(1, 2),)


def test_tiers_days_hours_and_modes_of_the_package() -> None:
    old = prices_of(input=tiered("3", 200_000, "6"), output=Decimal(15), cache_read=Decimal("0.3"))
    new = prices_of(input=Decimal(2), output=Decimal(10), cache_read=Decimal("0.2"))
    peak = prices_of(input=Decimal(4), output=Decimal(20))
    hours = SimpleNamespace(start_time=time(1), end_time=time(4))
    fast = prices_of(input=Decimal(8), output=Decimal(40))
    result = lists(
        model(
            "claude-x",
            Clause(equals="claude-x"),
            [
                starting(None, old),
                starting(date(2026, 3, 1), new),
                SimpleNamespace(constraint=hours, prices=peak),
            ],
            [
                starting(
                    date(2026, 5, 1),
                    prices_of(input=Decimal(9), output=Decimal(45)),
                    {"speed": "fast"},
                ),
                starting(None, fast, {"speed": "fast"}),
                starting(None, fast, {"region": "mars"}),
            ],
        )
    )
    february, march = date(2026, 2, 28), date(2026, 3, 1)
    assert result["claude-x"] == (
        Price(3, 15, cache_read=0.3, until=february),
        Price(6, 15, cache_read=0.3, over=200_000, until=february),
        Price(2, 10, cache_read=0.2, from_=march),
        Price(4, 20, hours="01:00-04:00", from_=march),
        Price(8, 40, cache_read=0.2, mode="fast", until=date(2026, 4, 30)),
        Price(9, 45, cache_read=0.2, mode="fast", from_=date(2026, 5, 1)),
    )


def test_a_tier_that_sums_do_not_keep_apart_is_left_out_and_named() -> None:
    odd = prices_of(input=tiered("3", 123_456, "6"), output=Decimal(15))
    assert lists(model("claude-x", Clause(equals="claude-x"), odd)) == ["anthropic: claude-x"]


def test_regions_of_bedrock_and_modes_in_names_of_openrouter() -> None:
    price, half = (prices_of(input=Decimal(n), output=Decimal(2 * n)) for n in (2, 1))
    bedrock = [
        model("global.anthropic.claude-opus-5", Clause(contains="x"), half),
        model("regional.anthropic.claude-opus-5", Clause(contains="y"), price),
        model("qwen.qwen3-32b-v1:0", Clause(contains="z"), price),
    ]
    result = genai_prices.lists([SimpleNamespace(id="aws", models=bedrock)], [])["bedrock"]
    assert list(result) == ["global.claude-opus-5", "regional.claude-opus-5", "qwen3-32b"]
    names = (
        "anthropic/claude-opus-5",
        "anthropic/claude-opus-5:batch",
        "x/y:free",
        "~x/latest",
        "old",
    )
    models = [
        model(name, Clause(equals=name), half if name.endswith("batch") else price)
        for name in names
    ]
    result = genai_prices.lists([SimpleNamespace(id="openrouter", models=models)], [])["openrouter"]
    assert result == {"claude-opus-5": (Price(2, 4), Price(1, 2, mode="batch"))}


def test_a_missing_package_is_reported_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(genai_prices, "PROJECT", str(tmp_path))
    with pytest.raises(Missing, match=r"genai-prices is not installed .* \./just prices-setup"):
        genai_prices.read()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of the same structure, where `just prices-setup` would install the real one."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    folder = tmp_path / ".venv" / "prices" / "lib" / version / "site-packages" / "genai_prices"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("__version__ = '9'\n")
    (folder / "data.py").write_text(
        "from types import SimpleNamespace as S\n"
        "price = S(input_mtok=1, output_mtok=2)\n"
        "glm = S(id='GLM-5', match=S(equals='GLM-5'), prices=price, price_variants=None)\n"
        "providers = [S(id='zai', models=[glm])]\n"
    )
    monkeypatch.setattr(genai_prices, "PROJECT", str(tmp_path))
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name in ("genai_prices", "genai_prices.data"):
        monkeypatch.setitem(sys.modules, name, SimpleNamespace())  # put back afterwards
        del sys.modules[name]
    return folder


def update(config: Path, book: Path, *correct: str) -> Any:
    context = Context(Config(str(config)), Book(str(book)), Store(str(book)), "main", [])
    return prices.run(context, SimpleNamespace(update=True, explain=None, correct=list(correct)))


def test_an_update_shows_what_changed_and_the_same_again_changes_nothing(
    package: Path, shell: Shell
) -> None:
    own = (
        "[prices]\nmine = { input = 1, output = 1 } # for now\n"
        '"gpt-4" = { input = 7, output = 7, source = "genai-prices" }\n'
        '"glm-5" = { input = 3, output = 4, cache_read = 1, source = "genai-prices" }\n'
    )
    (shell.config / "prices.toml").write_text(own)
    first, second = (update(shell.config, shell.book) for _ in range(2))
    assert first.data == {
        "updated": True,
        "added": [],
        "removed": ["gpt-4: 7 / 7 / - / -"],
        "changed": ["glm-5: 3 / 4 / 1 / - -> 1 / 2 / - / -"],
        "kept": ["mine"],
        **{key: [] for key in ("differs", "corrected", "gone", "left_out")},
        "entries": 2,
    }
    file = shell.config / "prices.json"
    assert first.parts[0].text == f"{file} updated from genai-prices 9: 2 entries"
    assert (second.data["updated"], second.data["changed"]) == (False, [])
    assert "is up to date with genai-prices 9" in second.parts[0].text
    assert Config(str(shell.config)).prices.of("zai") == {"glm-5": (Price(1, 2),)}
    assert (shell.config / "prices.toml").read_text() == own


def test_a_finished_month_keeps_its_price_unless_a_correction_is_named(
    package: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = price_file.generated({"zai": {"glm-5": (Price(3, 4),)}}, DAY, "genai-prices 8")
    (shell.config / "prices.json").write_text(old)
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 22, tzinfo=UTC))
    result = update(shell.config, shell.book)
    assert (result.data["differs"], result.data["corrected"]) == (["zai/glm-5"], [])
    assert result.data["changed"] == ["glm-5: 3 / 4 / - / - -> 1 / 2 / - / -"]
    assert "finished months keep their prices" in result.parts[-1].text
    kept = (
        Price(3, 4, until=date(2026, 10, 31), source="genai-prices 8"),
        Price(1, 2, from_=date(2026, 11, 1)),
    )
    assert Config(str(shell.config)).prices.of("zai")["glm-5"] == kept
    assert update(shell.config, shell.book).data["updated"] is False
    result = update(shell.config, shell.book, "glm-*")
    assert (result.data["differs"], result.data["corrected"]) == ([], ["zai/glm-5"])
    assert Config(str(shell.config)).prices.of("zai")["glm-5"] == (Price(1, 2),)


def test_correct_needs_update(shell: Shell) -> None:
    assert "--correct needs --update" in shell.fails(2, "prices", "--correct", "glm-5")


NOVEMBER, OCTOBER_31 = date(2026, 11, 1), date(2026, 10, 31)


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        # The package announces a price of a later day: nothing is kept apart.
        (
            (Price(5, 30),),
            (Price(5, 30, until=date(2026, 11, 9)), Price(4, 20, from_=date(2026, 11, 10))),
            (Price(5, 30, until=date(2026, 11, 9)), Price(4, 20, from_=date(2026, 11, 10))),
        ),
        # It corrects all days: only those from this month on change.
        (
            (Price(5, 30),),
            (Price(4, 20),),
            (Price(5, 30, until=OCTOBER_31, source="old"), Price(4, 20, from_=NOVEMBER)),
        ),
        # It adds a mode for all days: it counts from this month on.
        (
            (Price(5, 30),),
            (Price(5, 30), Price(2, 15, mode="batch")),
            (Price(5, 30, source="old"), Price(2, 15, mode="batch", from_=NOVEMBER)),
        ),
        # A later month, after the second case: no third period.
        (
            (
                Price(5, 30, until=date(2026, 9, 30), source="older"),
                Price(4, 20, from_=date(2026, 10, 1)),
            ),
            (Price(4, 20),),
            (
                Price(5, 30, until=date(2026, 9, 30), source="older"),
                Price(4, 20, from_=date(2026, 10, 1), source="old"),
            ),
        ),
    ],
)
def test_old_and_new_prices_are_joined_at_the_month(old: Any, new: Any, wanted: Any) -> None:
    result = history.merged(
        {"s": {"m": old}}, {"s": {"m": new}}, NOVEMBER, "old", lambda name: False
    )
    assert result.lists["s"]["m"] == wanted
    assert bool(result.differs) == (wanted != new)
    assert not result.gone


def test_a_name_that_moves_to_another_model_keeps_its_past() -> None:
    old = {"s": {"a-1": (Price(1, 1),), "latest": (Price(1, 1),)}}
    new = {"s": {"a-2": (Price(2, 2),), "latest": (Price(2, 2),)}}
    result = history.merged(old, new, NOVEMBER, "old", lambda name: False)
    assert result.lists["s"]["latest"][0] == Price(1, 1, until=OCTOBER_31, source="old")
    assert result.lists["s"]["a-1"] == (Price(1, 1),)
    assert result.gone == ["s/a-1"]


def test_a_new_name_keeps_what_another_entry_has_asked_for_it() -> None:
    old = {"zai": {"glm-5*": (Price(1, 1),)}, "openrouter": {"qwen9": (Price(3, 3),)}}
    new = {
        "zai": {"glm-5*": (Price(1, 1),), "glm-5-x": (Price(2, 2),), "glm-6": (Price(4, 4),)},
        "qwen": {"qwen9": (Price(5, 5),)},
        "openrouter": old["openrouter"],
    }
    result = history.merged(old, new, NOVEMBER, "old", lambda name: False)
    assert result.differs == ["zai/glm-5-x", "qwen/qwen9"]
    assert result.lists["zai"]["glm-5-x"] == (
        Price(1, 1, until=OCTOBER_31, source="old"),
        Price(2, 2, from_=NOVEMBER),
    )
    assert result.lists["zai"]["glm-6"] == (Price(4, 4),)
    corrected = history.merged(old, new, NOVEMBER, "old", lambda name: name == "glm-5-x")
    assert corrected.lists["zai"]["glm-5-x"] == (Price(2, 2),)


def test_the_names_of_a_model_are_corrected_together() -> None:
    before, after = (Price(1, 1),), (Price(2, 2),)
    old, new = ({"s": dict.fromkeys(("a", "b"), rates)} for rates in (before, after))
    result = history.merged(old, new, NOVEMBER, "old", lambda name: name == "s/a")
    assert (result.corrected, result.lists) == (["s/a", "s/b"], new)


LISTED = {
    "zai": {"glm-4.6": (Price(0.6, 2.2, cache_read=0.11),)},
    "openai": {
        "gpt-5": (Price(1.25, 10), Price(2.5, 15, over=272_000, from_=date(2026, 1, 1))),
        "gpt-5-codex": (Price(1.25, 10),),
    },
}


def test_the_generated_file_is_read_back_as_it_was(tmp_path: Path) -> None:
    shared = LISTED["openai"]["gpt-5"]
    written = LISTED | {"openai": {"gpt-5": shared, "gpt-5-chat": shared}}
    text = price_file.generated(written, DAY, "genai-prices 9")
    assert '"glm-4.6": [{"input": 0.6, "output": 2.2, "cache_read": 0.11}]' in text
    assert '"gpt-5-chat": "gpt-5"' in text
    (tmp_path / "prices.json").write_text(text)
    result = Config(str(tmp_path)).prices
    assert (result.as_of, result.source) == (DAY, "genai-prices 9")
    assert {seller: price_file.names(result, seller) for seller in result.sellers} == written


def test_own_prices_come_before_generated_ones(tmp_path: Path) -> None:
    (tmp_path / "prices.json").write_text(price_file.generated(LISTED, DAY, "genai-prices 9"))
    (tmp_path / "prices.toml").write_text(
        "as_of = 2020-01-01\n[prices]\n"
        '"GPT-5" = { input = 7, output = 7 }\n'
        '"my/model-*" = { input = 0, output = 0 }\n'
        '"old" = { input = 1, output = 1, source = "genai-prices" }\n'
    )
    result = Config(str(tmp_path)).prices
    assert list(result.own) == ["GPT-5", "my/model-*"]
    entry = PriceList(result).find("gpt-5")
    assert entry is not None
    assert (entry.seller, entry.rates) == ("prices.toml", (Price(7, 7),))
    assert result.as_of == DAY


def test_the_file_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    (tmp_path / "prices.json").write_text(
        '{"as_of": "2026-11-22", "source": "genai-prices 0.2.3", "prices":'
        ' {"claude-opus-4-5*": {"input": 5, "output": 25, "source": "genai-prices"}}}'
    )
    entry = PriceList(Config(str(tmp_path)).prices).find(
        "us.anthropic.claude-opus-4-5-20251101-v1:0"
    )
    assert entry is not None
    assert entry.rates == (Price(5, 25, source="genai-prices"),)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "prices.json is not valid: Input data was truncated"),
        ("[]", "prices.json is not valid: Expected `object`, got `array`"),
        ('{"price": {}}', "prices.json is not valid: Object contains unknown field `price`"),
        ('{"prices": {"m": {"input": 1}}}', "prices.json is not valid: Object missing required"),
        (
            '{"lists": {"zai": {"m": [{"input": 1}]}}}',
            "prices.json: lists.zai is not valid: Object",
        ),
    ],
)
def test_a_mistake_in_the_generated_file_is_one_sentence(
    tmp_path: Path, text: str, sentence: str
) -> None:
    (tmp_path / "prices.json").write_text(text)
    with pytest.raises(BadConfig) as caught:
        _ = Config(str(tmp_path)).prices.of("zai")
    assert sentence in str(caught.value)


def test_rules_are_read_and_their_mistakes_are_one_sentence(tmp_path: Path) -> None:
    shipped = Config(str(ROOT / "config")).price_rules
    assert Config(str(tmp_path)).price_rules == shipped
    assert all(
        each.source.startswith("https://") for each in (*shipped.multipliers, *shipped.tiers)
    )
    assert all(each.from_ for each in shipped.multipliers)
    for text, sentence in (
        ("[[multiplier]]", "unknown key multiplier"),
        ("[[multipliers]]\nname = 'x'", "missing required field `factor`"),
        ("[[multipliers]]\nnames = 'x'", "unknown field `names`"),
    ):
        (tmp_path / "price_rules.toml").write_text(text)
        with pytest.raises(BadConfig) as caught:
            _ = Config(str(tmp_path)).price_rules
        assert sentence in str(caught.value)


def test_a_write_keeps_the_mode_and_follows_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.json", tmp_path / "prices.json"
    real.write_text("old")
    real.chmod(0o664)
    link.symlink_to(real)
    price_file.write(str(link), "new")
    assert (real.read_text(), link.is_symlink()) == ("new", True)
    assert real.stat().st_mode & 0o777 == 0o664
    assert sorted(p.name for p in tmp_path.iterdir()) == ["prices.json", "real.json"]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("factor = -1", "multipliers[0].factor = -1 is not valid; valid: "),
        ('factor = 2\nmode = "warp"', "multipliers[0].mode = 'warp' is not valid; valid: "),
        ("", "multipliers[0]: object missing required field `factor`"),
    ],
)
def test_a_message_on_a_list_of_tables_names_the_value(shell: Shell, line: str, fault: str) -> None:
    text = f'[[multipliers]]\nname = "m"\nmodels = ["*"]\nsource = "u"\n{line}\n'
    (shell.config / "price_rules.toml").write_text(text)
    assert fault in shell.fails(78, "prices", "--explain", "claude-opus-5")
