"""Hashes that can be compared but not reversed: salted with 16 random bytes of the book.

`forget` replaces a text by a pseudonym made from such a hash: the same text has the same one.
"""

import os
import re
from hashlib import blake2b

from burnbook.base.rooted_path import RootedPath

FILE = "account.salt"
FORGOTTEN = "forgotten-"
SHORT, LONG = 4, 8
"""Bytes of a pseudonym: of a project, a branch or an account; of a session, of which there are
many."""
_PSEUDONYM = re.compile(rf"{FORGOTTEN}(?:[0-9a-f]{{8}}){{1,2}}")


def hashed(root: str, text: bytes, size: int) -> str:
    """Returns a hash of `size` bytes in hex. Creates the book's salt if there is none."""
    path = RootedPath(root, FILE)
    key = path.read()
    if not key:
        key = os.urandom(16)
        path.replace(key)
    return blake2b(text, key=key, digest_size=size).hexdigest()


def exists(root: str) -> bool:
    """Returns whether a book has a salt."""
    return bool(RootedPath(root, FILE).read())


def pseudonym(root: str, text: str, size: int = SHORT) -> str:
    """Returns the name in place of a forgotten text. Creates the book's salt if there is none."""
    return FORGOTTEN + hashed(root, text.encode("utf-8", "surrogatepass"), size)


def is_pseudonym(text: str | None) -> bool:
    """Returns whether a text is a name in place of a forgotten one."""
    return text is not None and _PSEUDONYM.fullmatch(text) is not None
