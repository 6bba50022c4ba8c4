"""Looks for duplicate ids, and for rows that others refer to, among the keys of a journal."""

from array import array
from collections.abc import Iterable, Sequence
from itertools import chain, islice

_SHARES = 6  # bits: the keys are compared in 64 shares
_TOGETHER = 1 << 17  # keys that are in a set at a time: 12 MB

Keys = Sequence["array[int]"]


def unpacked(data: bytes) -> "array[int]":
    """Keys as an array."""
    keys = array("Q")
    keys.frombytes(data)
    return keys


def are_new(known: Keys, new: Keys) -> bool:
    """Whether all `new` keys differ from one another and from those that are `known`."""
    shares = [array("Q") for _ in range(1 << _SHARES)]
    for key in chain(*new):
        shares[key >> 64 - _SHARES].append(key)
    if any(len(set(share)) < len(share) for share in shares):
        return False
    if not any(known):
        return True
    return all(set(part).isdisjoint(keys) for part in _portions(chain(*new)) for keys in known)


def are_before(keys: Keys, targets: Iterable[int], sources: Iterable[int]) -> bool:
    """Whether each target is the key of a row before the one with the number in `sources`."""
    pairs = zip(targets, sources, strict=True)
    while wanted := dict(reversed([*islice(pairs, _TOGETHER)])):
        for number, key in enumerate(chain(*keys)):
            if key in wanted and number < wanted[key]:
                del wanted[key]
        if wanted:
            return False
    return True


def _portions(keys: Iterable[int]) -> Iterable[list[int]]:
    keys = iter(keys)
    while part := [*islice(keys, _TOGETHER)]:
        yield part
