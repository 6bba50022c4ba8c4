"""Hashes that compare and do not reveal: salted by 16 random bytes of the book."""

import os
from hashlib import blake2b

from burnbook.base.rooted_path import RootedPath

FILE = "account.salt"


def hashed(root: str, text: bytes, size: int) -> str:
    """A hash of `size` bytes in hex. A book without a salt gets one."""
    path = RootedPath(root, FILE)
    key = path.read()
    if not key:
        key = os.urandom(16)
        path.replace(key)
    return blake2b(text, key=key, digest_size=size).hexdigest()
