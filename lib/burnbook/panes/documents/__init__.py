"""Reads JSON of tools that show several providers at once. Each tool is one file of this folder.

`PROVIDERS` has the providers that the tool shows, by their names there and here. `entries(values)`
returns the providers in a document, and None for any other JSON. The provider that is asked for
decides which entry counts.
"""

import importlib
from collections.abc import Iterator
from datetime import datetime
from types import ModuleType

from burnbook.base.files import plugins
from burnbook.panes._pane import Pane
from burnbook.panes._vendor_json import objects

_MEMBERS = frozenset(plugins(__path__[0]))


def providers() -> frozenset[str]:
    """Returns the providers that a tool shows."""
    return frozenset(name for tool in _tools() for name in tool.PROVIDERS.values())


def parse(provider: str, text: str, captured_at: datetime) -> Pane | None:
    """Parses the entry of a provider; None if the text is no document of a known tool.

    The pane has no meters, and a word in `errors`, if the document has no entry of the provider or
    entries of several accounts.
    """
    values = objects(text)
    for tool in _tools():
        entries = tool.entries(values, captured_at)
        if entries is None:
            continue
        own = [pane for name, pane in entries if tool.PROVIDERS.get(name, name) == provider]
        with_values = [pane for pane in own if pane.meters or pane.amounts]
        if len(with_values) > 1:
            return Pane(errors=("several-accounts", "no-meters"))
        return next(iter(with_values or own), Pane(errors=("provider-not-shown", "no-meters")))
    return None


def _tools() -> Iterator[ModuleType]:
    for name in sorted(_MEMBERS):
        yield importlib.import_module(f"{__name__}.{name}")
