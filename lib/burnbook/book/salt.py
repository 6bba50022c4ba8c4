"""Hashes that can be compared but not reversed: salted with 16 random bytes of the book."""

import os
from hashlib import blake2b

from burnbook.base.rooted_path import RootedPath

FILE = "account.salt"


def hashed(root: str, text: bytes, size: int) -> str:
    """Returns a hash of `size` bytes in hex. Creates the book's salt if there is none."""
    path = RootedPath(root, FILE)
    key = path.read()
    if not key:
        key = os.urandom(16)
        path.replace(key)
    return blake2b(text, key=key, digest_size=size).hexdigest()
