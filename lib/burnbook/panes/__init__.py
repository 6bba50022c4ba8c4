"""Parses terminal text into meters. Each provider is one file: `parse(text, captured_at) -> Pane`.

The files of this folder are the providers: a new provider is one new file. Providers without a
file are read from the JSON of tools that show several of them, see `documents`. `parse` of a
provider never raises: a value that it cannot read is null, with one of these words in `errors`:

    insufficient-data[:meter]   a number is missing or was cut off
    percent-out-of-range:meter  a percentage outside 0 to 100
    reset-not-shown:meter       the meter has no reset
    reset-not-understood:meter  the reset was cut off or cannot be parsed
    unknown-time-zone:meter     the reset names a time zone that this machine does not know
    conflicting-rows:meter      one pane shows two values for one meter
    block-name-cut              rows of another model whose name was cut off; they are left out
    not-understood              a row with a percentage whose title is damaged or unknown; left out
    stale                       the pane reports that its limits may be stale
    data-not-available          the pane has no limits to show, or reports that
    usage-not-loaded            the pane is still loading, reports a failure, or was dismissed
    rate-limited                the pane was not loaded because it was asked for too often
    no-subscription             the pane reports that it needs a subscription
    not-logged-in               the pane reports that no account is logged in
    spend-cap-reached           the pane reports that the cap on spending is reached
    limit-reached[:meter]       JSON: the vendor reports that a limit is reached
    estimated[:meter]           the percentage is a tool's own estimate, not the vendor's
    provider-not-shown          a document of several providers that lacks the one asked for
    several-accounts            a document that shows several accounts of the provider
    multi-pane-trimmed          several panes in one paste; the last one counts
    no-meters                   the pane has no meter
    not-json                    the text is not the JSON that the provider has
    no-blocks                   GLM: JSON without blocks or limits
    mixed-models                GLM: a block of ccusage has requests to other models too
"""

import importlib
from datetime import datetime
from types import ModuleType
from typing import TYPE_CHECKING, Any

from burnbook.base.files import plugins

if TYPE_CHECKING:
    from burnbook.panes._pane import Pane, Reading

_BLANKS = "\ufeff \t\r\n"

__all__ = ["Pane", "Reading", "known", "meters", "no_meters", "parse", "providers"]


def __getattr__(name: str) -> Any:
    """The types of `_pane`, imported for who parses panes: most commands ask for names alone."""
    if name in ("Pane", "Reading"):
        return getattr(importlib.import_module(f"{__name__}._pane"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def providers() -> tuple[str, ...]:
    """Returns the providers that have a file, sorted, without importing them."""
    return plugins(__path__[0])


def known() -> tuple[str, ...]:
    """Returns the providers that have a file, and those of `documents`, sorted."""
    from burnbook.panes import documents  # most commands need no other names

    return tuple(sorted(documents.providers().union(providers())))


def meters(provider: str) -> dict[str, int]:
    """Returns the meters that are known by name, with their windows in minutes (0: none).

    `METERS` is optional: without it, `--set` books any name.
    """
    names: dict[str, int] = getattr(_module(provider), "METERS", {})
    return names


def no_meters(provider: str) -> str:
    """Returns what to do if a capture of a provider shows no meters; empty if that is not known.

    `NO_METERS` is optional, as `METERS` is.
    """
    hint: str = getattr(_module(provider), "NO_METERS", "")
    return f"; {hint}" if hint else ""


def parse(provider: str, text: str, captured_at: datetime) -> "Pane":
    """Parses a pane of a provider. Raises ValueError for an unknown provider only."""
    from burnbook.panes._pane import Pane

    module = _module(provider)
    if module is None and provider not in known():
        raise ValueError(f"unknown provider {provider!r}; known: {', '.join(providers())}")
    if text.lstrip(_BLANKS)[:1] in ("{", "["):
        from burnbook.panes import documents  # panes of terminals do not need it

        if (shown := documents.parse(provider, text, captured_at)) is not None:
            return shown
    if module is None:  # what it draws itself is not read
        return Pane(errors=("not-understood", "no-meters"))
    pane = module.parse(text, captured_at)
    assert isinstance(pane, Pane)
    return pane


def _module(provider: str) -> ModuleType | None:
    """The file of a provider; None if it has none."""
    is_file = provider in providers()
    return importlib.import_module(f"{__name__}.{provider}") if is_file else None
