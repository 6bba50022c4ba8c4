"""What a reader of logs could not use."""

import msgspec


class Rejected(msgspec.Struct, array_like=True):
    """A line that cannot be used: its file, its offset there, why, and its first bytes."""

    path: str
    offset: int
    reason: str
    line: bytes
