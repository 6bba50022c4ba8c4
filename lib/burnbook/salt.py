"""Hashes that compare and do not reveal: salted by 16 random bytes of the book."""

import os
from hashlib import blake2b

from burnbook import files

FILE = "account.salt"


def hashed(root: str, text: bytes, size: int) -> str:
    """A hash of `size` bytes in hex. A book without a salt gets one."""
    path = os.path.join(root, FILE)
    key = files.read_bytes(path)
    if not key:
        key = os.urandom(16)
        files.replace(path, key)
    return blake2b(text, key=key, digest_size=size).hexdigest()
