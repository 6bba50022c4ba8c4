"""The types that prices are computed from: the facts of a request, and what it used.

Requests with equal facts, of one UTC day, may be added before they are priced: a cost is linear in
the quantities.
"""

from typing import NamedTuple

from msgspec import Struct

from burnbook.rows.prompt_sizes import PROMPT_LIMITS, size_class

__all__ = ["PROMPT_LIMITS", "Facts", "Quantities", "size_class"]


class Facts(Struct, frozen=True):
    """What the price of a request depends on besides its day. None: the log does not show it.

    `model`: the name in the log. `served_by`: who sold it, such as anthropic, bedrock, vertex, zai,
    openrouter; None: as the name of the model shows, else its vendor. `speed`: `fast`, or as
    normal. `service_tier`: `priority`, `fast`, `flex`, `batch`, or as normal. `inference_geo`: the
    region that it was kept in, such as `us`. `prompt_tokens`: all tokens that were sent, cached
    ones included, or any size of the same class (see `size_class`). `quarter`: the quarter-hour of
    the UTC day, 0 to 95, which prices with peak hours need.
    """

    model: str | None
    served_by: str | None = None
    speed: str | None = None
    service_tier: str | None = None
    inference_geo: str | None = None
    prompt_tokens: int | None = None
    is_batch: bool = False
    quarter: int | None = None


class Quantities(NamedTuple):
    """What a request used, or many of them; the kinds of tokens do not overlap.

    `input`: tokens that no cache served or stored. `output` includes reasoning.
    """

    input: int = 0
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    output: int = 0
    web_searches: int = 0
