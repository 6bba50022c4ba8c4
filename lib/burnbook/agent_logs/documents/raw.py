"""Parts of a JSON document that are decoded later: a large document takes little memory."""

import msgspec

from burnbook.base.json_path import Path

DOCUMENT = 1 << 27
"""Bytes of a document, at most."""
_decode_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_list = msgspec.json.Decoder(list[msgspec.Raw]).decode


def value_of(data: bytes | msgspec.Raw, path: Path) -> msgspec.Raw | None:
    """The JSON at a path; None where there is nothing.

    Raises msgspec.DecodeError, UnicodeDecodeError or RecursionError for what is not JSON.
    """
    value = data if isinstance(data, msgspec.Raw) else msgspec.json.decode(data, type=msgspec.Raw)
    for key in path:
        try:
            inner = _decode_object(value).get(key)
        except msgspec.ValidationError:
            return None
        if inner is None:
            return None
        value = inner
    return value


def items_of(value: msgspec.Raw) -> list[msgspec.Raw] | None:
    """The items of a list; None for another value."""
    try:
        return _decode_list(value)
    except msgspec.ValidationError:
        return None
