"""What a key may have, in words, from the type of its struct: only for the message of a mistake."""

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

_MOMENT = "a date and time such as 2026-11-22T18:00:00"


def described(kind: type[msgspec.Struct], path: str, fact: str) -> str:
    """Returns what is valid at a key path of a struct; `fact` is what msgspec says is wrong."""
    name = path.partition(".")[0].partition("[")[0]
    hint = get_type_hints(kind, include_extras=True).get(name)
    parts = [*_parts(hint)]
    if "datetime" in fact:
        return _MOMENT
    if choices := [str(part) for part in parts if isinstance(part, str | int)]:
        return ", ".join(choices)
    metas = [part for part in parts if isinstance(part, msgspec.Meta)]
    example = next((meta.examples[0] for meta in metas if meta.examples), _default(kind, name))
    if "matching regex" in fact:
        fact = next((meta.description for meta in metas if meta.description), fact)
    return fact if example is None else f"{fact}, such as {example!r}"


def _parts(hint: Any) -> Iterator[Any]:
    """The choices of a Literal, and the Meta of an Annotated type, at any depth."""
    if get_origin(hint) is Literal:
        yield from get_args(hint)
        return
    yield from getattr(hint, "__metadata__", ())
    for inner in get_args(hint):
        if not isinstance(inner, msgspec.Meta):
            yield from _parts(inner)


def _default(kind: type[msgspec.Struct], name: str) -> Any:
    """The default of a field as an example; None if it has none that is a plain value."""
    for field in msgspec.structs.fields(kind):
        if field.encode_name == name and isinstance(field.default, str | int | float):
            return None if field.default == "" else field.default
    return None
