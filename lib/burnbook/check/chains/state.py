"""What the verification of chains knows at the end of a journal, to go on from there."""

import msgspec

from burnbook.check.chains.report import Head, text
from burnbook.check.chains.spans import Spans
from burnbook.check.chains.verify import Chains

_MOST = 10_000  # rows that no link covers yet


class ChainState(msgspec.Struct):
    """The lines so far, the rows in chains, the newest link of each host, and the rows after it.

    These rows are offset, length and line number, one after the other, by host.
    """

    lines: int
    covered: int
    heads: list[Head]
    pending: dict[str, list[int]]


def state_of(chains: Chains) -> ChainState | None:
    """The state after `report`; None if there was anything to report, or too many rows wait."""
    if (
        chains.findings
        or any(chains.loose.values())
        or sum(map(len, chains.pending.values())) > _MOST
    ):
        return None
    pending = {text(host): rows.values() for host, rows in chains.pending.items() if rows}
    heads = chains.heads.newest()
    if any("\ufffd" in host for host in (*pending, *(head.host for head in heads))):
        return None  # the name is no UTF-8
    return ChainState(chains.number, chains.covered, heads, pending)


def restore(chains: Chains, state: ChainState, end: int) -> None:
    """Goes on from a state, which is that before byte `end`.

    Links before the newest ones are not known. A row that refers to one of them is reported, so
    that the whole journal is verified.
    """
    chains.end, chains.number, chains.covered = end, state.lines, state.covered
    for head in state.heads:
        chains.heads.restore(head)
    for host, values in state.pending.items():
        numbers = iter(values)
        chains.pending[host.encode()] = Spans(zip(numbers, numbers, numbers, strict=True))
