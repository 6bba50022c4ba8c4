"""Terminal text -> meters. One file a provider with one pure `parse(text) -> Pane`.

A provider is found by listing this folder: a new one is one new file, and nothing else changes.
`parse` of a provider never raises for any text: what it cannot read is null, with a word for it in
`errors`:

    insufficient-data[:meter]   a number is not shown, or was cut off
    percent-out-of-range:meter  a percentage outside 0 to 100
    reset-not-shown:meter       no reset stands beside the meter
    reset-not-understood:meter  it stands there, but cut off or in unknown words
    conflicting-rows:meter      one pane shows two values for one meter
    block-name-cut              rows of a further model whose name was cut off: left out
    stale                       the pane says that its limits may be stale
    data-not-available          the pane says that it has no limits to show
    usage-not-loaded            the pane says that loading failed, or it was dismissed
    estimated:meter             the percentage is a tool's own estimate, not the vendor's
    multi-pane-trimmed          several panes in one paste: the last one counts
    no-meters                   not one meter was found
    not-json, no-blocks         GLM: the text is no JSON, or JSON without blocks
"""

import importlib
import os

from burnbook.panes._pane import Pane, Reading

__all__ = ["Pane", "Reading", "meters", "parse", "providers"]


def providers() -> tuple[str, ...]:
    """The names that `parse` knows, sorted: the files of this folder. Imports none of them."""
    names = (name.removesuffix(".py") for name in os.listdir(__path__[0]) if name.endswith(".py"))
    return tuple(sorted(name for name in names if not name.startswith("_")))


def meters(provider: str) -> dict[str, int]:
    """Names under which a person may give a meter by hand, and its window in minutes (0: none)."""
    found: dict[str, int] = importlib.import_module(f"{__name__}.{provider}").METERS
    return found


def parse(provider: str, text: str) -> Pane:
    """What `text`, a pane of `provider`, shows. Raises ValueError for an unknown provider only."""
    known = providers()
    if provider not in known:
        raise ValueError(f"unknown provider {provider!r}; known: {', '.join(known)}")
    pane = importlib.import_module(f"{__name__}.{provider}").parse(text)
    assert isinstance(pane, Pane)
    return pane
