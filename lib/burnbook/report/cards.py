"""The cards at the top of the report, and the headline: the main figures and their change."""

from typing import NamedTuple

from burnbook.report.scene import Scene
from burnbook.report.usage_facts import UsageFacts


class Card(NamedTuple):
    """A figure of the period and of the period before; None is unknown.

    The page computes the cards named in its filter again when the filter changes. `is_least`: the
    value is known in part, so it is at least this.
    """

    name: str
    title: str
    value: float | None
    before: float | None = None
    unit: str = ""
    is_least: bool = False
    note: str = ""


def cards(scene: Scene) -> list[Card]:
    """Every card that has a value, in order."""
    now, before = _totals(scene.usage), _totals(scene.usage_before)
    features = [w.features for w in scene.windows if w.features]
    listed = [
        Card("tokens", "Tokens", now.tokens, before.tokens if before else None),
        Card(
            *("usd", "At list price", now.usd, before.usd if before else None, "USD"),
            is_least=now.is_least,
        ),
        Card("requests", "Requests", now.requests, before.requests if before else None),
        Card("features", "Features", sum(sum(f.values()) for f in features) if features else None),
    ]
    return [card for card in listed if card.value is not None]


def headline(scene: Scene, cards: list[Card]) -> str:
    """One sentence with the main figures and how they changed."""
    values = {card.name: card for card in cards}
    tokens, usd = values["tokens"], values["usd"]
    if not tokens.value:
        return f"No usage in the book for {scene.period.title}."
    least = "at least " if usd.is_least else ""
    what = f"{short(tokens.value)} tokens for {least}{usd.value:,.2f} USD at list price"
    return f"{what}{_change(tokens, scene)}."


def short(value: float) -> str:
    """A number with three digits and its magnitude: `1.25 billion`."""
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if value >= size:
            return f"{value / size:.3g} {word}"
    return f"{value:,.0f}"


class _Totals(NamedTuple):
    requests: int
    tokens: int
    usd: float
    is_least: bool


def _totals(facts: UsageFacts | None) -> _Totals:
    days = facts.days if facts is not None else ()
    return _Totals(
        sum(day.counts.requests for day in days),
        sum(day.counts.total for day in days),
        sum(day.usd.known for day in days),
        any(not day.usd.is_whole for day in days),
    )


def _change(card: Card, scene: Scene) -> str:
    if scene.before is None or not card.before or card.value is None:
        return ""
    percent = round(100 * (card.value / card.before - 1))
    if percent == 0:
        return ", as many as in the period before"
    word = "more" if percent > 0 else "less"
    return f", {abs(percent):,}% {word} than in the period before"
