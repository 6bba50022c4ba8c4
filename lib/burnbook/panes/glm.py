"""GLM: the JSON of `ccusage blocks --json`.

    {"blocks": [{"id": "2026-10-08T05:00:00.000Z", "isGap": false, "entries": 42, ...}, ...]}

`prompts` is cumulative: the sum, over all blocks except gaps, of `prompts` or `promptCount`, else
of `entries`, the number of requests that ccusage counted. Only the difference of two such counts is
meaningful: BEFORE has the baseline, AFTER the delta.
"""

from datetime import datetime
from typing import Annotated

import msgspec

from burnbook.panes._pane import Pane

METERS = {"prompts": 0}  # a count, with no window

_Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class _Block(msgspec.Struct, rename="camel"):
    is_gap: bool = False
    prompts: _Count | None = None
    prompt_count: _Count | None = None
    entries: _Count | None = None

    def count(self) -> int | None:
        counts = (self.prompts, self.prompt_count, self.entries)
        return next((count for count in counts if count is not None), None)


class _Blocks(msgspec.Struct):
    blocks: list[_Block]


def parse(text: str, captured_at: datetime) -> Pane:
    """Parses `prompts` of all blocks.

    Null, with a word in `errors`, for any other text, or if a block has no count.
    """
    try:
        value = msgspec.json.decode(text.strip("\ufeff \t\r\n"))
    except (msgspec.DecodeError, ValueError, RecursionError):
        return Pane(errors=("not-json",))
    try:
        parsed = msgspec.convert(value, _Blocks)
    except msgspec.ValidationError:
        return Pane(errors=("no-blocks",))
    counts = [block.count() for block in parsed.blocks if not block.is_gap]
    known = [count for count in counts if count is not None]
    if len(known) < len(counts):
        return Pane(errors=("insufficient-data",))
    return Pane(prompts=sum(known))
