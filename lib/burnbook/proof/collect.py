"""Collects what a proof says of one journal: its links from the window's first row to the heads."""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import msgspec

from burnbook.base.errors import BadData
from burnbook.book import journal
from burnbook.book.chain.links import LEAF, Leaves, Link, host_of, is_large, link_of, normal
from burnbook.check.chains.report import ChainReport, Rewritten
from burnbook.proof.document import Leaf, SignedChain, SignedJournal, SignedLink
from burnbook.rows.rewrites import RewrittenLink

SHOWN = frozenset(
    (
        *("id", "schema_version", "recorded_at", "window", "provider", "phase", "captured_at"),
        *("meters", "ts", "tool", "status", "ok", "routed", "latency_ms", "usd", "kind", "period"),
        *("tokens_planned", "tokens_actual", "taken_at", "files_changed", "insertions"),
        *("deletions", "net", "normalized_churn", "finalized_at", "quality", "outcome"),
        *("boundary", "found_at", "row", "void", "supersedes", "revision", "result", "total"),
        *("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_5m_tokens"),
        *("cache_write_1h_tokens", "cache_write_tokens", "cached_input_tokens"),
        *("reasoning_tokens", "prompt_tokens", "total_tokens", "delta"),
    )
)
"""The fields that a redacted proof shows. No text that a person or a program chose is among them,
except the names of windows, tools and providers."""


class Portion(NamedTuple):
    """A link and its rows, in order."""

    host: bytes
    link: Link
    lines: list[bytes]
    now: RewrittenLink | None


def portions(
    root: str, name: str, rewritten: Rewritten
) -> Iterator[Portion | tuple[bytes, list[bytes]]]:
    """Yields each link with its rows; at last, of each host, the rows that no link covers.

    Raises BadData if a link does not match, which `check` reports in detail.
    """
    pending: dict[bytes, dict[bytes, None]] = {}
    seen: set[str] = set()
    for _, raw in journal.lines(journal.path_of(root, name)):
        line = normal(raw)
        host, link = host_of(line), link_of(line)
        if host is None:
            continue
        rows = pending.setdefault(host, {})
        rows[line] = None
        if link is None or link.hash in seen:
            continue
        seen.add(link.hash)
        pending[host] = {}
        now = next((e.link for e in rewritten.get(link.hash, ()) if not e.link.is_removed), None)
        unique = list(rows)
        part = unique[-link.rows :]
        if _hash(name, host, link, part) == link.hash and len(part) == link.rows:
            yield Portion(host, link, part, None)
        elif now is not None and _hash(name, host, link, unique[-now.rows :]) == now.now:
            yield Portion(host, link, unique[-now.rows :], now)
        else:
            raise BadData(f"{name}.jsonl has rows that do not match their chain; run check")
    yield from ((host, list(rows)) for host, rows in pending.items() if rows)


def _hash(name: str, host: bytes, link: Link, lines: list[bytes]) -> str:
    leaves = Leaves(name)
    leaves.add(b"".join(lines[:-1]))
    leaves.add_last(link.body)
    return leaves.hash(host, link.after)


def collected(
    root: str,
    name: str,
    report: ChainReport,
    rewritten: Rewritten,
    wanted: Collection[bytes],
    *,
    is_redacted: bool,
    most: int,
) -> SignedJournal:
    """Returns a journal for a proof. `wanted` are the window's rows.

    Rows of more than `most` bytes together are given by hash only. Raises BadData.
    """
    links: dict[bytes, list[SignedLink]] = {}
    unchained: list[Leaf] = []
    is_small = sum(map(len, wanted)) <= most
    for portion in portions(root, name, rewritten) if wanted else ():
        if not isinstance(portion, Portion):
            _, rows = portion
            unchained += [_leaf([row], is_redacted=is_redacted) for row in rows if row in wanted]
            continue
        host, link, lines, now = portion
        has_rows = any(line in wanted for line in lines)
        if host not in links and not has_rows:
            continue
        leaves = tuple(
            _leaf(rows, body, is_redacted=is_redacted)
            if is_small and any(row in wanted for row in rows)
            else Leaf(hash=_digest(rows, body))
            for rows, body in grouped(name, lines, link.body)
        )
        links.setdefault(host, []).append(SignedLink(link.rows, link.hash, leaves, link.after, now))
    chains = []
    for head in report.heads:
        every = {link.hash: link for link in links.get(head.host.encode(), ())}
        own, at = [], head.hash
        while at in every:
            own.append(every[at])
            at = every[at].after or ""
        chains.append(SignedChain(head.host, head.hash, tuple(reversed(own))))
    return SignedJournal(name, report.covered, len(wanted), tuple(chains), tuple(unchained))


def grouped(
    name: str, lines: list[bytes], body: bytes
) -> Iterator[tuple[list[bytes], bytes | None]]:
    """Yields the rows of each leaf of a link; of the last one also the body of the link's row."""
    large = is_large(name)
    rows: list[bytes] = []
    size = 0
    for line in lines[:-1]:
        rows.append(line)
        size += len(line)
        if not large or size >= LEAF:
            yield rows, None
            rows, size = [], 0
    yield [*rows, lines[-1]], body


def _digest(rows: list[bytes], body: bytes | None) -> str:
    from hashlib import sha256

    covered = rows if body is None else [*rows[:-1], body]
    return sha256(b"".join(covered)).hexdigest()


def _leaf(rows: list[bytes], body: bytes | None = None, *, is_redacted: bool) -> Leaf:
    try:
        texts = tuple(row.decode() for row in rows)
    except UnicodeDecodeError:
        return Leaf(hash=_digest(rows, body))
    if not is_redacted:
        return Leaf(rows=texts)
    fields = None
    if len(rows) == 1:
        try:
            values: dict[str, Any] = msgspec.json.decode(rows[0])
        except msgspec.DecodeError:
            values = {}
        fields = {key: value for key, value in values.items() if key in SHOWN}
    return Leaf(hash=_digest(rows, body), fields=fields)
