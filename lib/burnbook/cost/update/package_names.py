"""The names of models in the genai-prices package, as the price lists spell them."""

import re
from collections.abc import Iterator
from typing import Any, cast

from msgspec.structs import replace

from burnbook.config.prices import Mode, Rates, valid_name
from burnbook.cost.model_names import reduce_name
from burnbook.cost.price_list import spelled


def names_of(seller: str, model: Any) -> Iterator[str]:
    """Yields the names that the model's match clause accepts, as the price list spells them."""
    for name in dict.fromkeys((model.id, *patterns(model.match))):
        if seller == "openrouter":
            vendor, slash, rest = name.partition("/")
            if not slash or vendor.startswith("~") or name.endswith(":free"):
                continue  # older names, names that change their model, and what costs nothing
            name = rest
        elif seller == "bedrock":
            name = _of_bedrock(model.id)
        if valid_name(name) and not set(name) & set("\"'\\"):
            yield name.lower()


def _of_bedrock(name: str) -> str:
    """Returns `regional.claude-opus-5` for `us.anthropic.claude-opus-5-v1:0`.

    A model that has one price wherever it is served has no region in its name here.
    """
    region = next((r for r in ("global", "regional") if name.startswith(f"{r}.")), None)
    name = name.removeprefix("regional.")
    reduced = reduce_name(name, "bedrock")
    if region is None and re.match(r"[a-z-]+\.[a-z]+\.", name) and reduced.region:
        region = reduced.region
    return f"{region}.{reduced.name}" if region else reduced.name


def patterns(clause: Any) -> Iterator[str]:
    """Yields the names that a match clause of the package accepts: exact ones, and `beginning*`.

    Dates and the wrapping of clouds are left out: names are reduced before they are looked up.
    """
    for part in getattr(clause, "or_", None) or getattr(clause, "and_", None) or [clause]:
        if hasattr(part, "equals"):
            yield part.equals
        elif hasattr(part, "starts_with"):
            yield f"{part.starts_with}*"
        elif hasattr(part, "or_") or hasattr(part, "and_"):
            yield from patterns(part)


def with_modes(names: dict[str, Rates]) -> dict[str, Rates]:
    """Returns the list with `NAME:batch` and `claude-NAME-fast` as modes of `NAME`."""
    kept = dict(names)
    for name, rates in names.items():
        reduced = reduce_name(name)
        if reduced.mode is None or "*" in name:
            continue
        base = name.removesuffix(":batch").removesuffix("-fast")
        del kept[name]
        if base in kept and base != name:
            mode = cast("Mode", reduced.mode)
            kept[base] += tuple(replace(price, mode=mode) for price in rates if price.mode is None)
    return kept


def pruned(names: dict[str, Rates]) -> dict[str, Rates]:
    """Returns the list without names that are found, at the same price, in a shorter form."""
    kept: dict[str, Rates] = {}
    by_key = {spelled(name): rates for name, rates in reversed(names.items())}
    seen: set[str] = set()
    for name, rates in names.items():
        shorter = [each for each in reduce_name(name).spellings if len(each) < len(name)]
        is_found = any(by_key.get(spelled(each)) == rates for each in shorter)
        if not is_found and spelled(name) not in seen:
            kept[name] = rates
            seen.add(spelled(name))
    return kept
