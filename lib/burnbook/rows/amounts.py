"""Money, credits and requests beside the meters."""

from typing import Annotated

import msgspec

Quantity = Annotated[float, msgspec.Meta(ge=0, le=1e12)]


class Amount(msgspec.Struct, frozen=True):
    """Money, credits or requests of a limit, in `unit`; null if not shown.

    unit: a currency such as `USD`, `credits`, `requests`, or another word of the vendor's
    """

    name: str
    unit: str
    used: Quantity | None = None
    limit: Quantity | None = None
    left: Quantity | None = None
