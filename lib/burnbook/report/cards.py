"""The cards at the top of the report, and the headline: the main figures and their change."""

from typing import NamedTuple

from burnbook.report.period_sums import Points, features, points_by_account, saved
from burnbook.report.scene import Scene
from burnbook.report.usage_facts import UsageFacts
from burnbook.view.parts import number

_MODELS = 3  # named in a note


class Card(NamedTuple):
    """A figure of the period and of the period before; None is unknown.

    The page computes the cards named in its filter again when the filter changes. `is_least`: the
    value is known in part, so it is at least this. `text` is shown instead of a value that is no
    single number, and `note` says what is unknown, and why.
    """

    name: str
    title: str
    value: float | None
    before: float | None = None
    unit: str = ""
    is_least: bool = False
    note: str = ""
    text: str = ""


def cards(scene: Scene) -> list[Card]:
    """Every card that has a value or a reason why it has none, in order."""
    now, before = _totals(scene.usage), _totals(scene.usage_before)
    is_compared = before.requests > 0
    listed = [
        Card("tokens", "Tokens", now.tokens, before.tokens if is_compared else None),
        Card(
            *("usd", "At list price", now.usd, before.usd if is_compared else None, "USD"),
            is_least=bool(now.unpriced),
            note=_unpriced(now.unpriced),
        ),
        Card("requests", "Requests", now.requests, before.requests if is_compared else None),
        *_points(scene),
        _features(scene),
        _saved(scene),
    ]
    return [card for card in listed if card.value is not None or card.text]


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
    """`unpriced` are the models that have requests without a price."""

    requests: int
    tokens: int
    usd: float
    unpriced: list[str]


def _totals(facts: UsageFacts | None) -> _Totals:
    days = facts.days if facts is not None else ()
    return _Totals(
        sum(day.counts.requests for day in days),
        sum(day.counts.total for day in days),
        sum(day.usd.known for day in days),
        sorted({day.names[1] for day in days if not day.usd.is_whole}),
    )


def _unpriced(models: list[str]) -> str:
    rest = "" if len(models) <= _MODELS else f" and {len(models) - _MODELS} more"
    return f"no price for requests of {', '.join(models[:_MODELS])}{rest}" if models else ""


def _points(scene: Scene) -> list[Card]:
    """A card for each account whose meters a window of the period shows."""
    before = points_by_account(scene.described_before)
    return [
        _points_card(account, now, before.get(account))
        for account, now in points_by_account(scene.described).items()
    ]


def _points_card(account: str, now: Points, before: Points | None) -> Card:
    notes = [f"not known: {', '.join(now.unknown)}"] if now.unknown else []
    is_exact = now.low is not None and now.low == now.high
    is_compared = before is not None and is_exact and before.low == before.high
    if before is not None and before.low is not None and not is_compared:
        notes.insert(0, f"before: {_range(before)}")
    return Card(
        name=f"points {account}",
        title=f"Points of {account}",
        value=now.low,
        before=before.low if before is not None and is_compared else None,
        unit="points",
        is_least=now.high is None,
        note="; ".join(notes),
        text="" if is_exact or (now.high is None and now.low is not None) else _range(now),
    )


def _range(points: Points) -> str:
    """`94 points`, `50.2 to 67 points`, `at least 40 points` or `unknown`."""
    if points.low is None:
        return "unknown"
    if points.high is None:
        return f"at least {number(points.low)} points"
    low, high = number(points.low), number(points.high)
    return f"{low if low == high else f'{low} to {high}'} points"


def _features(scene: Scene) -> Card:
    now, before = features(scene.windows), features(scene.windows_before)
    is_compared = not now.unknown and not before.unknown
    notes = []
    if before.total is not None and not is_compared:
        notes.append(f"before: {'at least ' if before.unknown else ''}{number(before.total)}")
    if now.unknown:
        notes.append(f"not known: {', '.join(now.unknown)}")
    return Card(
        *("features", "Features", now.total, before.total if is_compared else None),
        is_least=bool(now.unknown),
        note="; ".join(notes),
        text="unknown" if now.total is None and now.unknown else "",
    )


def _saved(scene: Scene) -> Card:
    """What offloading saved in all windows with routed requests."""
    now, before = saved(scene.compared), saved(scene.compared_before)
    text = ""
    if now.usd is not None:
        text = f"{-now.usd:,.2f} USD lost" if now.usd < 0 else ""
    elif now.reasons:
        text = "unknown"
    notes = [] if before.usd is None else [f"before: {before.usd:,.2f} USD"]
    if now.interval is not None:
        low, high = (f"{value:,.2f}" for value in now.interval)
        notes.append(f"{low} to {high} USD per feature, 95% interval")
    notes += now.reasons
    return Card(
        "saved", "Saved by offloading", now.usd, unit="USD", note="; ".join(notes), text=text
    )


def _change(card: Card, scene: Scene) -> str:
    if scene.before is None or not card.before or card.value is None:
        return ""
    percent = round(100 * (card.value / card.before - 1))
    if percent == 0:
        return ", as many tokens as in the period before"
    word = "more" if percent > 0 else "fewer"
    return f", {abs(percent):,}% {word} tokens than in the period before"
