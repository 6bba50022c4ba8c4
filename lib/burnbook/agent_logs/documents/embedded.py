"""JSON texts inside the strings of an item, which are read as if they were objects there."""

from collections.abc import Sequence
from typing import Any

import msgspec

from burnbook.base.json_path import Path, value_at


def expand(item: Any, paths: Sequence[Path]) -> str | None:
    """Replace the texts at some paths by their objects; returns why one of them is none."""
    reason = None
    for *above, key in paths:
        holder = value_at(item, tuple(above))
        text = holder.get(key) if isinstance(holder, dict) else None
        if isinstance(text, str) and text.lstrip().startswith("{"):
            try:
                holder[key] = msgspec.json.decode(text)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                reason = f"{'.'.join((*above, key))} is not JSON"
    return reason
