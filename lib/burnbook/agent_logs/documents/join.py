"""Joins the items of one list of a document to those of another."""

import msgspec

from burnbook.agent_logs.documents.raw import items_of, value_of
from burnbook.base.json_path import split
from burnbook.config.agent_logs.documents import Join


def joined(
    document: msgspec.Raw, items: list[msgspec.Raw], declared: Join
) -> list[bytes | msgspec.Raw]:
    """Each item as JSON, with the item of the other list that has its key; then the others alone.

    An item of the other list is joined once, to the last item with its key.
    """
    found = value_of(document, split(declared.items))
    others = (items_of(found) if found is not None else None) or []
    own, theirs = split(declared.own), split(declared.theirs)
    last = {key: n for n, item in enumerate(items) if (key := _key(item, own)) is not None}
    result: list[bytes | msgspec.Raw] = [*items]
    name = msgspec.json.encode(declared.name)
    for other in others:
        key = _key(other, theirs)
        n = last.pop(key, None) if key is not None else None
        if n is None:
            result.append(b"{%b:%b}" % (name, other))
        else:
            begin = bytes(items[n]).rstrip()[:-1].rstrip()
            comma = b"" if begin == b"{" else b","
            result[n] = b"%b%b%b:%b}" % (begin, comma, name, other)
    return result


def _key(item: msgspec.Raw, path: tuple[str, ...]) -> bytes | None:
    value = value_of(item, path)
    return None if value is None or bytes(value) == b"null" else bytes(value)
