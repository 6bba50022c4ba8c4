"""Prices: which entry a model has, mistakes in the files, and what an update writes."""

import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from burnbook.base.errors import BadConfig, Missing
from burnbook.book.book import Book
from burnbook.commands.setup import prices
from burnbook.config.loader import Config
from burnbook.config.prices import Lookup, Price, Prices
from burnbook.context import Context
from burnbook.cost import genai_prices, price_file
from burnbook.store.store import Store
from conftest import ROOT, Shell

DAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_every_shipped_price_is_whole() -> None:
    shipped = Config(str(ROOT / "config")).prices
    find = Lookup(shipped.prices)
    assert shipped.as_of is not None
    assert (shipped.source or "").startswith("genai-prices ")
    for model in (
        *("claude-opus-4-5-20251101", "claude-sonnet-4-5-20250929[1m]", "claude-haiku-4-5"),
        *("gpt-5.1-codex", "gpt-5.3-codex", "glm-4.6", "GLM-4.5-Air", "z.ai/glm-5"),
    ):
        price = find(model)
        assert price is not None, model
        assert price.output > price.input > (price.cache_read or 0) > 0
    assert find("mystery") is None


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
    price = Lookup({name: Price(1, 1, source=name) for name in names})(model)
    assert (price.source if price else None) == wins


def test_equally_long_patterns_go_by_the_files_order() -> None:
    first = {"a*c": Price(1, 1), "ab*": Price(2, 2)}
    assert Lookup(first)("abc") == Price(1, 1)
    assert Lookup(dict(reversed(first.items())))("abc") == Price(2, 2)


def test_no_name_takes_long_to_refuse() -> None:
    assert Lookup({"*a*a*a*a*a*a*b": Price(1, 1)})("a" * 4096) is None


@pytest.mark.parametrize(
    ("text", "parts"),
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
        ("[prices", ["is not TOML"]),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_78(shell: Shell, text: str, parts: list[str]) -> None:
    (shell.config / "prices.toml").write_text(text)
    sentence = shell.fails(78, "prices")
    for words in ("prices.toml", *parts):
        assert words in sentence


def test_the_table(shell: Shell) -> None:
    assert "No prices" in shell.ok("prices")
    (shell.config / "prices.toml").write_text(
        'as_of = 2026-11-20\nsource = "me"\n[prices."glm-*"]\ninput = 0.6\noutput = 2.25\n'
    )
    shown = shell.ok("prices").splitlines()
    assert shown[0] == "USD per million tokens, as of 2026-11-20, from me"
    assert shown[2].split() == ["glm-*", "0.6", "2.25", "-", "-", "-", "-", "by", "hand"]
    assert r"| glm-\* | 0.6 | 2.25 |" in shell.ok("prices", "--format", "markdown")
    data = shell.json("prices")
    assert (data["as_of"], data["source"]) == ("2026-11-20", "me")
    assert data["prices"]["glm-*"]["output"] == 2.25
    assert data["prices"]["glm-*"]["cache_read"] is None
    assert not shell.book.exists()


class Clause(SimpleNamespace):
    """A match clause of the package: its attribute determines its kind."""


def model(name: str, match: Any, **prices: Any) -> Any:
    package_prices = SimpleNamespace(**{f"{kind}_mtok": value for kind, value in prices.items()})
    return SimpleNamespace(id=name, match=match, get_prices=lambda now: package_prices)


def tiered(base: str, start: int) -> Any:
    return SimpleNamespace(base=Decimal(base), tiers=[SimpleNamespace(start=start)])


def test_prices_of_the_package_become_entries() -> None:
    either = Clause(or_=[Clause(starts_with="claude-5"), Clause(equals="Claude-V")])
    dated = Clause(regex=r"^claude-6\.1-x[-@]\d{4}-\d{2}$")
    models = [
        model("claude-5", either, input=tiered("3", 200_000), output=Decimal("15")),
        model("claude-5-late", Clause(starts_with="claude-5"), input=Decimal(9), output=Decimal(9)),
        model("claude-6", dated, input=Decimal(1), output=Decimal(2), cache_read=Decimal("0.1")),
        model("claude-7", Clause(contains="claude"), input=Decimal(1), output=Decimal(2)),
        model("claude-8", Clause(regex="^claude-(8|9)$"), input=Decimal(1), output=Decimal(2)),
        model("claude-embed", Clause(equals="claude-embed"), input=Decimal(1)),
        model("whisper", Clause(equals="whisper"), input=Decimal(1), output=Decimal(2)),
    ]
    others = SimpleNamespace(id="resale", models=[model("claude-9", Clause(equals="claude-9"))])
    entries = genai_prices.entries([SimpleNamespace(id="anthropic", models=models), others], NOW)
    assert entries == {
        "claude-5*": Price(3, 15, base_up_to=200_000, source="genai-prices"),
        "claude-6.1-x?????-??": Price(1, 2, cache_read=0.1, source="genai-prices"),
        "claude-v": Price(3, 15, base_up_to=200_000, source="genai-prices"),
    }


def test_a_missing_package_is_reported_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(genai_prices, "PROJECT", str(tmp_path))
    with pytest.raises(Missing, match=r"genai-prices is not installed .* \./just prices-setup"):
        genai_prices.read(NOW)


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
        "glm = S(id='GLM-5', match=S(equals='GLM-5'), get_prices=lambda now: price)\n"
        "providers = [S(id='zai', models=[glm])]\n"
    )
    monkeypatch.setattr(genai_prices, "PROJECT", str(tmp_path))
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name in ("genai_prices", "genai_prices.data"):
        monkeypatch.setitem(sys.modules, name, SimpleNamespace())  # put back afterwards
        del sys.modules[name]
    return folder


def update(config: Path, book: Path) -> Any:
    context = Context(Config(str(config)), Book(str(book)), Store(str(book)), "main", [])
    return prices.run(context, SimpleNamespace(update=True))


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
        "entries": 2,
    }
    file = shell.config / "prices.json"
    assert first.parts[0].text == f"{file} updated from genai-prices 9: 2 entries"
    assert (second.data["updated"], second.data["changed"]) == (False, [])
    assert "is up to date with genai-prices 9" in second.parts[0].text
    assert Config(str(shell.config)).prices.prices["glm-5"] == Price(1, 2, source="genai-prices")
    assert (shell.config / "prices.toml").read_text() == own


LISTED = {
    "glm-4.6": Price(0.6, 2.2, cache_read=0.11, source="genai-prices"),
    "gpt-5": Price(1.25, 10, base_up_to=272_000, source="genai-prices"),
}


def test_the_generated_file_is_read_back_as_it_was(tmp_path: Path) -> None:
    text = price_file.generated(LISTED, DAY, "genai-prices 9")
    entry = (
        '"glm-4.6": {"input": 0.6, "output": 2.2, "cache_read": 0.11, "source": "genai-prices"},'
    )
    assert text.splitlines()[4].strip() == entry
    (tmp_path / "prices.json").write_text(text)
    assert Config(str(tmp_path)).prices == Prices(DAY, "genai-prices 9", LISTED)


def test_own_prices_come_before_generated_ones(tmp_path: Path) -> None:
    (tmp_path / "prices.json").write_text(price_file.generated(LISTED, DAY, "genai-prices 9"))
    (tmp_path / "prices.toml").write_text(
        "as_of = 2020-01-01\n[prices]\n"
        '"GPT-5" = { input = 7, output = 7 }\n'
        '"my/model-*" = { input = 0, output = 0 }\n'
        '"old" = { input = 1, output = 1, source = "genai-prices" }\n'
    )
    merged = Config(str(tmp_path)).prices
    assert list(merged.prices) == ["GPT-5", "my/model-*", "glm-4.6"]
    assert Lookup(merged.prices)("gpt-5") == Price(7, 7)
    assert merged.as_of == DAY


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "prices.json is not JSON: Input data was truncated"),
        ("[]", "prices.json is not JSON: Expected `object`, got `array`"),
        ('{"price": {}}', "prices.json: unknown key price; valid: as_of, prices, source"),
        ('{"prices": {"m": {"input": 1}}}', "prices.json: prices.m: object missing required"),
    ],
)
def test_a_mistake_in_the_generated_file_is_one_sentence(
    tmp_path: Path, text: str, sentence: str
) -> None:
    (tmp_path / "prices.json").write_text(text)
    with pytest.raises(BadConfig) as caught:
        _ = Config(str(tmp_path)).prices
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
