"""Compares a proof with a book: the book must still have every chain as the proof signs it."""

import os

from burnbook.book import journal
from burnbook.check.chains.report import rewritten_links
from burnbook.check.chains.verify import Chains
from burnbook.proof.document import Proof


def differences(root: str, proof: Proof) -> list[str]:
    """Returns a sentence for each chain of the proof that the book no longer extends.

    Raises IOFault and OSError.
    """
    reasons = []
    rewritten = rewritten_links(root)
    for signed in proof.journals:
        name = signed.journal
        seen: set[str] = set()
        faults = 0
        try:
            handle = journal.path_of(root, name).open(os.O_RDONLY)
        except FileNotFoundError:
            handle = -1
        if handle >= 0:
            try:
                chains = Chains(name, handle, rewritten.get(name, {}))
                faults = len(chains.report(chains.read()).unrecorded)
                seen = chains.heads.seen
            finally:
                os.close(handle)
        for chain in signed.chains:
            if chain.head not in seen:
                reasons.append(
                    f"{name}.jsonl does not have the newest link of host {chain.host}: rows were "
                    "changed or cut since"
                )
        if faults:
            reasons.append(f"{name}.jsonl has rows that do not match their chain; run check")
    return reasons
