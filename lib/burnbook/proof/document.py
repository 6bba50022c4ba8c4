"""The format of a proof. See docs/proof.md."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from burnbook.rows.meters import Count, Moment
from burnbook.rows.rewrites import RewrittenLink, Sha256

FORMAT: Literal[1] = 1
DOMAIN = b"burnbook proof 1\n"
"""Precedes the bytes that are signed, so that a signature of something else is no proof."""
MAX_BYTES = 256 << 20
Hex32 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


class Leaf(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A leaf of a chain: its rows, or its hash alone.

    `fields` are those of a withheld row that identify nobody. The signer states them: no hash
    covers them.
    """

    rows: tuple[str, ...] = ()
    hash: Sha256 | None = None
    fields: dict[str, Any] | None = None


class SignedLink(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A link of a chain with its leaves, in order.

    `rows` and `hash` are those of the row in the journal. If its rows were rewritten, `now` is what
    `rewrites.jsonl` records of them.
    """

    rows: Count
    hash: Sha256
    leaves: tuple[Leaf, ...]
    after: Sha256 | None = None
    now: RewrittenLink | None = None


class SignedChain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A chain: its newest link (`head`), and its links from the first row of the window on.

    `links` is empty if no row of the window is in the chain.
    """

    host: str
    head: Sha256
    links: tuple[SignedLink, ...]


class SignedJournal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A journal: its rows in chains (`covered`), the window's rows, and its chains.

    `window_rows` is the number of the window's rows, `unchained` those that no link covers.
    """

    journal: str
    covered: Count
    window_rows: Count
    chains: tuple[SignedChain, ...]
    unchained: tuple[Leaf, ...]


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is signed. `figures` are the signer's statement about the window."""

    format: Literal[1]
    window: str
    created_at: Moment
    tool_version: str
    is_redacted: bool
    figures: dict[str, Any]
    journals: tuple[SignedJournal, ...]


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A proof file. `signature` is Ed25519 over `DOMAIN` and the bytes of `proof`."""

    proof: msgspec.Raw
    public_key: Hex32
    signature: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{128}\Z")]


def written(moment: datetime) -> str:
    """Returns a moment as rows have it."""
    return str(msgspec.to_builtins(moment)).replace("+00:00", "Z")
