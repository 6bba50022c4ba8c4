"""GLM: the answer of Z.ai's quota endpoint, or `ccusage blocks --json`.

    {"blocks": [{"id": "2026-10-08T05:00:00.000Z", "isGap": false, "entries": 42,
     "models": ["glm-5"], ...}, ...]}

`requests` is cumulative: the sum, over the blocks of GLM models, of `prompts` or `promptCount`,
else of `entries`, the number of requests that ccusage counted. Blocks of other models and gaps do
not count; one that has both cannot be split, so the sum is unknown. Only the difference of two such
counts is meaningful: BEFORE has the baseline, AFTER the delta.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

import msgspec

from burnbook.panes._pane import Pane

METERS = {"requests": 0}  # a count, with no window

_GLM = re.compile(r"(?:^|[^a-z])glm(?![a-z])", re.I)
# Claude Code's own messages about errors: no model was asked.
_NO_MODEL = "<synthetic>"

_Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class _Block(msgspec.Struct, rename="camel"):
    is_gap: bool = False
    prompts: _Count | None = None
    prompt_count: _Count | None = None
    entries: _Count | None = None
    models: list[str] | None = None  # older versions of ccusage do not list them

    def count(self) -> int | None:
        counts = (self.prompts, self.prompt_count, self.entries)
        return next((count for count in counts if count is not None), None)


class _Blocks(msgspec.Struct):
    blocks: list[_Block]


def parse(text: str, captured_at: datetime) -> Pane:
    """Parses the meters of Z.ai's quota, or `requests` of all blocks.

    Null, with a word in `errors`, for any other text, or if the count of a block is unknown.
    """
    try:
        value = msgspec.json.decode(text.strip("\ufeff \t\r\n"))
    except (msgspec.DecodeError, ValueError, RecursionError):
        return Pane(errors=("not-json",))
    if isinstance(value, dict) and "blocks" not in value:
        from burnbook.panes import _zai_quota  # blocks do not need it

        if (quota := _zai_quota.parse(value)) is not None:
            return quota
    try:
        parsed = msgspec.convert(value, _Blocks)
    except msgspec.ValidationError:
        return Pane(errors=("no-blocks",))
    blocks = [block for block in parsed.blocks if not block.is_gap]
    shares = [None if block.models is None else _share_of_glm(block.models) for block in blocks]
    if any(share == "part" for share in shares):
        return Pane(errors=("mixed-models",))
    counts = [b.count() for b, share in zip(blocks, shares, strict=True) if share != "none"]
    known = [count for count in counts if count is not None]
    if len(known) < len(counts):
        return Pane(errors=("insufficient-data",))
    return Pane(requests=sum(known))


def _share_of_glm(models: Iterable[str]) -> str:
    """Whether `all` models of a block are GLM's, `none`, or a `part` of them."""
    is_glm = {bool(_GLM.search(model)) for model in models if model != _NO_MODEL}
    return "part" if len(is_glm) > 1 else "all" if True in is_glm else "none"
