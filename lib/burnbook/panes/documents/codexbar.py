"""CodexBar: `codexbar usage --format json`, and `GET /usage` of `codexbar serve`.

    [{"provider": "devin", "source": "web", "usage": {
      "primary": {"usedPercent": 28, "windowMinutes": 1440, "resetsAt": "2026-11-23T00:00:00Z"},
      "secondary": null, "tertiary": null, "updatedAt": "2026-11-22T08:59:00Z",
      "extraRateWindows": [{"id": "review", "title": "Review", "window": {...}}],
      "providerCost": {"used": 5, "limit": 50, "currencyCode": "USD"},
      "identity": {"accountEmail": "ada@example.com", "loginMethod": "pro"}},
      "credits": {"remaining": 112.4}}]

A window has the name of its length, or of its lane. `codexbar cost` has no limits.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from burnbook.meters import rate_limits
from burnbook.panes._text import slug
from burnbook.panes.documents._entries import MAX_ENTRIES, Collected, Entry, inner, word
from burnbook.rows.meters import Meter

_SAME = (
    *("alibaba", "amp", "antigravity", "augment", "claude", "clinepass", "codebuff"),
    *("codex", "commandcode", "copilot", "crof", "cursor", "devin", "gemini", "grok", "jetbrains"),
    *("kilo", "kimi", "kiro", "manus", "mimo", "minimax", "mistral", "ollama", "openrouter"),
    *("perplexity", "qoder", "qwencloud", "stepfun", "synthetic", "t3chat", "vertexai", "warp"),
    *("windsurf", "zed"),
)
PROVIDERS = {name: name for name in _SAME} | {
    "factory": "droid",
    "opencodego": "opencode",
    "zai": "glm",
}

_LANES = ("primary", "secondary", "tertiary")
# The meters' own names, where lanes are certain.
_NAMES = {
    "claude": {
        "primary": "session",
        "secondary": "week-all-models",
        "tertiary": "tertiary:weekly",
        "sonnet:weekly": "week-sonnet-only",
        "opus:weekly": "week-opus",
        "fable:weekly": "week-fable",
    },
    "copilot": {"primary": "premium:monthly", "secondary": "chat:monthly"},
    "cursor": {"primary": "monthly", "secondary": "auto:monthly", "tertiary": "api:monthly"},
    "gemini": {"primary": "pro:daily", "secondary": "flash:daily", "tertiary": "flash-lite:daily"},
    "kiro": {"primary": "monthly", "secondary": "bonus"},
}
_COST = {"claude": "extra-usage", "cursor": "on-demand"}


def entries(values: Sequence[Mapping[str, Any]], captured_at: datetime) -> list[Entry] | None:
    """Returns the providers in a document; None if it is no document of CodexBar."""
    own = [value for value in values[:MAX_ENTRIES] if _is_own(value)]
    return [
        (value["provider"], _pane(value, captured_at).pane(*_who(value))) for value in own
    ] or None


def _is_own(value: Mapping[str, Any]) -> bool:
    has_values = any(key in value for key in ("usage", "error", "credits", "last30DaysTokens"))
    return isinstance(value.get("provider"), str) and "source" in value and has_values


def _pane(value: Mapping[str, Any], captured_at: datetime) -> Collected:
    collected, usage = Collected(), inner(value, "usage")
    provider = value["provider"]
    for lane in _LANES:
        name = _NAMES.get(provider, {}).get(lane)
        _add(collected, lane, name, inner(usage, lane))
    extra = usage.get("extraRateWindows")
    for named in extra[: rate_limits.MAX_METERS] if isinstance(extra, list) else ():
        if isinstance(named, dict):
            title = slug(word(named.get("title")) or word(named.get("id")) or "")
            window = dict(inner(named, "window"))
            if named.get("usageKnown") is False:
                window["usedPercent"] = None
            minutes = rate_limits.percent(window.get("windowMinutes"))
            length = f":{rate_limits.length_name(round(minutes))}" if minutes else ""
            name = f"{title}{length}" if title else None
            _add(collected, title, _NAMES.get(provider, {}).get(name or "", name), window)
    cost = inner(usage, "providerCost")
    unit = word(cost.get("currencyCode")) or "USD"
    limit = cost.get("limit") or None  # 0: no limit
    fields = (cost.get("used"), limit, cost.get("balance"))
    collected.add_amount(_COST.get(provider, "cost"), unit[:16], *fields)
    left = inner(value, "credits").get("remaining")
    collected.add_amount("credits", "credits", None, None, left)
    if usage.get("dataConfidence") == "estimated":
        collected.errors.add("estimated")
    if usage:
        collected.note_age(usage.get("updatedAt"), captured_at)
    elif "error" not in value:
        collected.errors.add("data-not-available")
    if isinstance(value.get("error"), dict):
        collected.note_failure(value["error"].get("message"))
    return collected


def _add(collected: Collected, lane: str, name: str | None, window: Mapping[str, Any]) -> None:
    """Adds a window. A placeholder, which CodexBar makes for a lane that is not shown, is none."""
    if "usedPercent" not in window or window.get("isSyntheticPlaceholder") is True:
        return
    number = rate_limits.percent(window.get("windowMinutes"))
    minutes = round(number) if number and number >= 1 else None
    length = rate_limits.length_name(minutes) if minutes else ""
    if name is None:
        name = length or lane
        name = f"{lane}:{length}" if length and collected.has(length) else name
    used = rate_limits.percent(window["usedPercent"])
    collected.add(Meter(name, used, minutes, rate_limits.moment(window.get("resetsAt"))))


def _who(value: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The plan and the account."""
    usage = inner(value, "usage")
    identity = inner(usage, "identity") or usage
    email = word(identity.get("accountEmail"))
    return word(identity.get("loginMethod")), email
