"""Verifies a proof file. Needs no book and no network."""

from hashlib import sha256
from typing import NamedTuple

import msgspec

from burnbook.base import files
from burnbook.base.errors import BadData
from burnbook.book.chain.links import host_of, is_large, link_hash, link_of
from burnbook.proof.document import (
    DOMAIN,
    MAX_BYTES,
    Envelope,
    Leaf,
    Proof,
    SignedChain,
    SignedJournal,
    SignedLink,
)


class Verdict(NamedTuple):
    """The result for a proof file; `problems` is empty if it is whole.

    `shown` counts rows whose bytes are in the file and match, `withheld` the leaves that are given
    by hash, `stated` the rows of which the signer states some fields, and `unchained` the rows that
    no chain covers.
    """

    proof: Proof
    public_key: str
    problems: list[str]
    shown: int
    withheld: int
    stated: int
    unchained: int


def load(path: str) -> tuple[Envelope, bytes]:
    """Returns the envelope of a proof file, and the file's bytes. Raises BadData and Missing."""
    data = files.read_input(path, "cannot verify", MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise BadData(f"{path} is over {MAX_BYTES >> 20} MiB, which no proof is")
    try:
        return msgspec.json.decode(data, type=Envelope), data
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadData(f"{path} is no proof: {_sentence(error)}") from None


def verify(path: str) -> Verdict:
    """Verifies a file. Raises BadData if it is no proof of a known format, and Missing."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    envelope, data = load(path)
    text = bytes(envelope.proof)
    try:
        proof = msgspec.json.decode(text, type=Proof)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadData(f"{path} is no proof: {_sentence(error)}") from None
    problems = []
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(envelope.public_key))
        key.verify(bytes.fromhex(envelope.signature), DOMAIN + text)
    except InvalidSignature:
        problems.append("the signature does not match: the file was changed after it was signed")
    except ValueError:
        raise BadData(f"{path} is no proof: its public key is no key of Ed25519") from None
    if msgspec.json.encode(envelope) + b"\n" != data:
        problems.append("the file has bytes that `proof` did not write")
    for journal in proof.journals:
        for chain in journal.chains:
            problems += _problems(journal, chain)
    leaves = [
        leaf
        for journal in proof.journals
        for chain in journal.chains
        for link in chain.links
        for leaf in link.leaves
    ]
    return Verdict(
        proof,
        envelope.public_key,
        problems,
        sum(len(leaf.rows) for leaf in leaves),
        sum(not leaf.rows for leaf in leaves),
        sum(leaf.fields is not None for leaf in leaves),
        sum(len(journal.unchained) for journal in proof.journals),
    )


def _problems(journal: SignedJournal, chain: SignedChain) -> list[str]:
    """What is wrong with a chain: each link must match its rows, and follow the one before it."""
    where = f"{journal.journal} of host {chain.host}"
    problems = []
    before = None
    for number, link in enumerate(chain.links, start=1):
        if before is not None and link.after != before:
            problems.append(f"{where}: link {number} does not follow the one before it")
        if not _is_match(journal.journal, chain.host, link):
            problems.append(f"{where}: the rows of link {number} do not match its hash")
        before = link.hash
    if chain.links and before != chain.head:
        problems.append(f"{where}: the last link is not the head, so rows are missing")
    return problems


def _is_match(name: str, host: str, link: SignedLink) -> bool:
    digests = [_digest(leaf, is_last=leaf is link.leaves[-1]) for leaf in link.leaves]
    if not digests or None in digests:
        return False
    known = [digest for digest in digests if digest is not None]
    rows, wanted = link.rows, link.hash
    if link.now is not None:
        rows, wanted = link.now.rows, link.now.now
        if link.now.link != link.hash:
            return False
    if not is_large(name) and len(known) != rows:
        return False
    hosts = {host_of(row.encode()) for leaf in link.leaves for row in leaf.rows}
    own = hosts <= {host.encode()}
    return own and link_hash(name, host.encode(), link.after, rows, known) == wanted


def _digest(leaf: Leaf, *, is_last: bool) -> bytes | None:
    """The digest of a leaf; None if it has neither rows nor a hash, or both."""
    if bool(leaf.rows) == (leaf.hash is not None):
        return None
    if leaf.hash is not None:
        return bytes.fromhex(leaf.hash)
    rows = [row.encode() for row in leaf.rows]
    if is_last:
        link = link_of(rows[-1])
        if link is None:
            return None
        rows[-1] = link.body
    return sha256(b"".join(rows)).digest()


def _sentence(error: Exception) -> str:
    text = str(error) or type(error).__name__
    return text[:1].lower() + text[1:]
