"""Exporters. Each file of this folder is one: `export NAME` runs it.

The first line of a module's docstring describes it. It has `run(ctx, args) -> Result`, where
`args.target` is the second argument of `export` or None; most write to that file. It may have

    flags(group)   adds its own flags to a group of an argparse parser; their names, such as
                   --parquet-rows, must not be those of another exporter
    HAS_DAYS       True if it obeys `args.since` and `args.until`
    EXTRA          the name of the optional packages that it imports, see `burnbook.extras`

`./just export NAME` installs them on first use, so EXTRA is a line such as `EXTRA = "parquet"`.
Modules are imported for `export --help`, so a module imports what it needs inside `run`.
"""

import argparse
import inspect
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

from burnbook.base.files import plugins


def names() -> tuple[str, ...]:
    """Returns the exporters, sorted, without importing them."""
    return plugins(__path__[0])


def load(name: str) -> ModuleType:
    """Returns the module of an exporter. Raises ImportError for an unknown name."""
    return import_module(f"{__name__}.{name}")


def described() -> Iterator[tuple[str, str]]:
    """Yields the name of each exporter and its description: one sentence without a period."""
    for name in names():
        text = (inspect.getdoc(load(name)) or "").partition("\n")[0]
        yield name, text.removesuffix(".")


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds a group for each exporter, with its description and its own flags."""
    for name, text in described():
        group = parser.add_argument_group(name, text)
        add = getattr(load(name), "flags", None)
        if add is not None:
            add(group)
