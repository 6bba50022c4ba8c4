"""Imports msgspec without the modules that it imports for what burnbook does not use.

msgspec imports `uuid`, and so `platform`, for a type that no row has, and the modules of JSON
schemas, of which few commands print any: a quarter of its import.
"""

import sys
from types import ModuleType

TYPE_CHECKING = False  # the name that type checkers know; `typing` takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any

_SCHEMAS = ("inspect", "_json_schema")


def load() -> None:
    """Imports msgspec, with empty modules in place of those; a later import gets the real ones."""
    if "msgspec" in sys.modules:
        return
    empty = {name: ModuleType(name) for name in ("uuid", *(f"msgspec.{n}" for n in _SCHEMAS))}
    vars(empty["uuid"]).update(UUID=type("UUID", (), {}), SafeUUID=ModuleType("SafeUUID"))
    vars(empty["uuid"])["SafeUUID"].unknown = None
    vars(empty["msgspec._json_schema"]).update(schema=_schema, schema_components=_components)
    empty = {name: module for name, module in empty.items() if name not in sys.modules}
    sys.modules.update(empty)
    try:
        import msgspec
    finally:
        for name in empty:
            del sys.modules[name]
    for name in _SCHEMAS:
        vars(msgspec).pop(name, None)  # else `from msgspec import inspect` would get the empty one


def _schema(*args: "Any", **options: "Any") -> "Any":
    from msgspec import _json_schema

    return _json_schema.schema(*args, **options)


def _components(*args: "Any", **options: "Any") -> "Any":
    from msgspec import _json_schema

    return _json_schema.schema_components(*args, **options)
