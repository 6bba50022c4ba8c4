"""config/preview.toml."""

from typing import Annotated

import msgspec


class Preview(msgspec.Struct, frozen=True):
    """config/preview.toml: blocks in their order, and what they need to know."""

    blocks: tuple[str, ...] = ()
    bar_width: Annotated[int, msgspec.Meta(ge=0, le=60)] = 20
    snapshots: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 6
    effect: Annotated[float, msgspec.Meta(gt=0, le=10)] = 0.25
