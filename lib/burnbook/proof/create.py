"""Makes a proof of a window, signs it and writes it."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from burnbook import __version__
from burnbook.base.errors import BadData, IOFault, Missing, UsageError, os_sentence
from burnbook.book.chain.links import is_large
from burnbook.check.chains.report import rewritten_links
from burnbook.check.chains.verify import check_chains
from burnbook.check.journals import names
from burnbook.context import Context
from burnbook.overview.windows import described_windows
from burnbook.proof import drafts
from burnbook.proof.collect import collected
from burnbook.proof.document import DOMAIN, FORMAT, Envelope, Proof, SignedJournal
from burnbook.review.bundle import lines_of
from burnbook.times import clock

MOST = 64 << 20
"""Bytes of rows of one journal that a proof contains; more are given by hash only."""
_IDENTIFYING = ("title", "agents", "account", "is_current")


def proof(ctx: Context, window: str, *, is_redacted: bool) -> Proof:
    """Returns a proof of a window. Raises Missing if it has no row, BadData if a chain is wrong."""
    root = ctx.book.root
    rewritten = rewritten_links(root)
    journals: list[SignedJournal] = []
    for name in names(root):
        wanted: Any = ()
        if not name.startswith("rejects/"):
            wanted = {line for line, _ in lines_of(ctx, name, window)}
        report = check_chains(root, name, rewritten.get(name, {}))
        if report.unrecorded:
            raise BadData(f"{name}.jsonl has rows that do not match their chain; run check")
        if report.heads or wanted:
            journals.append(
                collected(
                    root,
                    name,
                    report,
                    rewritten.get(name, {}),
                    wanted,
                    is_redacted=is_redacted,
                    most=MOST,
                )
            )
    if not any(journal.window_rows for journal in journals):
        raise Missing(
            f"the book has no row of window {window}, so there is nothing to prove; "
            f"`start PROVIDER {window}` books the first"
        )
    return Proof(
        format=FORMAT,
        window=window,
        created_at=clock.wall_clock(),
        tool_version=__version__,
        is_redacted=is_redacted,
        figures=_figures(ctx, window, is_redacted=is_redacted),
        journals=tuple(journals),
    )


def _figures(ctx: Context, window: str, *, is_redacted: bool) -> dict[str, Any]:
    """The line of the window in `windows`; redacted without the labels of accounts and agents."""
    [described] = described_windows(ctx, lambda name, _: name == window)
    figures: dict[str, Any] = _plain(described.line, _IDENTIFYING if is_redacted else ())
    return figures


def _plain(value: Any, left_out: Sequence[str]) -> Any:
    """Returns structs and named tuples as objects, without some of their fields."""
    if isinstance(value, msgspec.Struct):
        value = msgspec.structs.asdict(value)
    elif hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, Mapping):
        return {key: _plain(v, left_out) for key, v in value.items() if key not in left_out}
    return [_plain(v, left_out) for v in value] if isinstance(value, list | tuple) else value


def signed(content: Proof, key: Any) -> tuple[bytes, str]:
    """Returns the bytes of a proof file, and the public key that verifies it."""
    text = msgspec.json.encode(content)
    public = key.public_key().public_bytes_raw().hex()
    envelope = Envelope(msgspec.Raw(text), public, key.sign(DOMAIN + text).hex())
    return msgspec.json.encode(envelope) + b"\n", public


def write(path: str, data: bytes, *, force: bool) -> None:
    """Writes a proof durably, all or nothing. Raises UsageError if the file exists, and IOFault.

    An older proof is not replaced without `force`: it may prove more than a new one.
    """
    if os.path.isdir(path):
        raise UsageError(f"{path} is a directory; name a file with --out")
    try:
        if drafts.put(path, data, replaces=force):
            return
    except OSError as error:
        raise IOFault(os_sentence("cannot write the proof", error)) from None
    raise UsageError(f"{path} exists; name another file with --out, or pass --force")


def shown_rows(journals: tuple[SignedJournal, ...]) -> dict[str, int]:
    """Returns the number of the window's rows by journal."""
    return {journal.journal: journal.window_rows for journal in journals if journal.window_rows}


def is_withheld(journal: SignedJournal) -> bool:
    """Returns whether rows of a large journal are given by hash because they are too many."""
    leaves = [leaf for chain in journal.chains for link in chain.links for leaf in link.leaves]
    return (
        bool(journal.window_rows)
        and is_large(journal.journal)
        and not any(leaf.rows for leaf in leaves)
    )
