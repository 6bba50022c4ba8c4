"""The random sequence of arms: permuted blocks of random sizes, from the seed of the experiment.

In each block every arm is as often as every other, once or twice. So the arms stay balanced over
time, and the next arm cannot be guessed from those before (ICH E9, 1998, section 2.3.2).
"""

from collections.abc import Iterator, Sequence
from hashlib import blake2b


def arms(seed: int, names: Sequence[str]) -> Iterator[str]:
    """Yields the arm of each feature, without end. It is the same for the same seed."""
    block = 0
    while True:
        times = 1 + _draw(seed, block, "size") % 2
        cards = [
            (_draw(seed, block, f"{n}"), names[n % len(names)]) for n in range(times * len(names))
        ]
        yield from (name for _, name in sorted(cards))
        block += 1


def _draw(seed: int, block: int, what: str) -> int:
    """A number of 64 bits, the same on every machine and in every version of Python."""
    text = f"burnbook experiment {seed} {block} {what}"
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")
