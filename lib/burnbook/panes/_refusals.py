"""Why a vendor's text or JSON has no limits, as a word of `burnbook.panes`."""

import re

from burnbook.panes._pane import Errors

_REASONS = (
    ("rate-limited", r"rate.?limit|too many requests|\b429\b"),
    (
        "not-logged-in",
        r"(?:not|n't) (?:logged|signed) in|(?:log|sign) ?in (?:to|first|again|required)|\blogin\b"
        r"|unauthori[sz]ed|authori[sz]ation failed|authentication|auth.?required|oauth error"
        r"|(?:key|token)\b.{0,30}\b(?:expired|invalid|rejected)|invalid (?:api )?(?:key|token)"
        r"|\b401\b",
    ),
    (
        "no-subscription",
        r"no (?:\w+ ){0,3}(?:subscription|plan)\b|requires? an? (?:\w+ )?(?:subscription|plan)"
        r"|not subscribed|entitlement ?error|platform only|endpoint not available|\b403\b",
    ),
    (
        "usage-not-loaded",
        r"(?:failed|unable|could not|couldn.t) (?:to )?(?:\w+ ){0,3}usage|timed? ?out"
        r"|(?:loading|fetching) ?usage",
    ),
    ("data-not-available", r"no usage data|managed by (?:your )?(?:admin|org)"),
)
_PATTERNS = tuple((word, re.compile(pattern, re.I)) for word, pattern in _REASONS)
_MAX_TEXT = 100_000


def reason(text: str) -> str | None:
    """Returns the first reason that the text has, or None."""
    text = text[:_MAX_TEXT]
    return next((word for word, pattern in _PATTERNS if pattern.search(text)), None)


def note(text: str, errors: Errors) -> None:
    """Adds the reason, if the text has one, and `no-meters`."""
    if (word := reason(text)) is not None:
        errors.add(word)
    errors.add("no-meters")
