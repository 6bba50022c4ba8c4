"""The sizes of prompts that sums of requests keep apart, because a price may change there."""

import sys
from bisect import bisect_left

# Tokens: a request with more than one of these may cost the next rate. Journals have exact sizes.
PROMPT_LIMITS = (
    *(16_000, 32_000, 64_000, 100_000, 128_000, 131_072, 150_000, 199_999, 200_000),
    *(256_000, 262_144, 272_000, 400_000, 512_000, 524_288, 1_000_000, 1_048_576),
)


def size_class(prompt_tokens: int) -> int:
    """Returns the smallest size of the same class: 0, or 1 more than one of `PROMPT_LIMITS`."""
    index = bisect_left(PROMPT_LIMITS, prompt_tokens)
    return PROMPT_LIMITS[index - 1] + 1 if index else 0


def size_range(prompt_tokens: int) -> tuple[int, int]:
    """Returns the smallest and the largest size of the same class."""
    index = bisect_left(PROMPT_LIMITS, prompt_tokens)
    least = PROMPT_LIMITS[index - 1] + 1 if index else 0
    return least, PROMPT_LIMITS[index] if index < len(PROMPT_LIMITS) else sys.maxsize
