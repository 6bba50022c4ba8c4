"""The records of an export that are not booked, by name, so that none vanishes without a word."""

from typing import Any

Skipped = dict[str, int]

_NAMES = 64  # that are counted apart
_SHOWN = 8
_OTHERS = "others"
_LONGEST = 64  # characters of a name
_REPEATS = ("invoke_agent", "invoke_workflow", "create_agent", "execute_tool")
WITH_TOKENS = " with tokens"


def count(skipped: Skipped, record: dict[str, Any]) -> None:
    """Count a record of OTLP."""
    signal, name = record.get("signal"), record.get("name")
    text = f"{signal} {name}" if signal in ("span", "metric") else str(name)
    # Operations around a request repeat its tokens.
    if record.get("op") not in _REPEATS and _has_tokens(record):
        text += WITH_TOKENS
    add(skipped, {text: 1})


def add(skipped: Skipped, more: Skipped) -> None:
    """Add other counts; of more than 64 names the rest is counted together."""
    for name, number in more.items():
        kept = name if name in skipped or len(skipped) < _NAMES else _OTHERS
        skipped[kept] = skipped.get(kept, 0) + number


def shown(skipped: Skipped) -> str:
    """The names and numbers, the most frequent ones first."""
    ranked = sorted(skipped.items(), key=lambda item: (-item[1], item[0]))
    texts = [f"{_clean(name)} ({number:,})" for name, number in ranked[:_SHOWN]]
    more = f" and {len(ranked) - _SHOWN} more kinds" if len(ranked) > _SHOWN else ""
    return ", ".join(texts) + more


def _has_tokens(record: dict[str, Any]) -> bool:
    names = record.get("sums") or {}
    values = record.get("attributes") or {}
    return any("token" in name for name in names) or any(
        "token" in name and isinstance(value, int | float) and value > 0
        for name, value in values.items()
    )


def _clean(name: str) -> str:
    from burnbook.base.redact import redact  # takes milliseconds, and most calls show nothing

    text = redact("".join(each if each.isprintable() else "?" for each in name))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
