"""Money and credits beside the meters."""

from typing import Annotated

import msgspec

Quantity = Annotated[float, msgspec.Meta(ge=0, le=1e12)]


class Amount(msgspec.Struct, frozen=True):
    """Money or credits of a limit, in `unit`: `USD`, `EUR`, `GBP`, `credits`; null if not shown."""

    name: str
    unit: str
    used: Quantity | None = None
    limit: Quantity | None = None
    left: Quantity | None = None
