"""Queries. Each file of this folder is one: `query NAME` runs it.

The first line of a module's docstring describes it. It has `run(opened, asked) -> Answer`, which
returns rows of the same values on every engine. Module `cost_compare` is `query cost-compare`.
"""

import inspect
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

from burnbook.base.files import plugins


def names() -> tuple[str, ...]:
    """Returns the queries, sorted, without importing them."""
    return tuple(name.replace("_", "-") for name in plugins(__path__[0]))


def load(name: str) -> ModuleType:
    """Returns the module of a query. Raises ImportError for an unknown name."""
    return import_module(f"{__name__}.{name.replace('-', '_')}")


def described() -> Iterator[tuple[str, str]]:
    """Yields the name of each query and its description: one sentence without a period."""
    for name in names():
        text = (inspect.getdoc(load(name)) or "").partition("\n")[0]
        yield name, text.removesuffix(".")
