"""Signs the rows of a window and the chains that they are in, and verifies such a file."""

import os
from typing import Any

from burnbook import extras
from burnbook.base.errors import NO, UsageError
from burnbook.base.text import plural
from burnbook.context import Context, Result
from burnbook.proof import against_book, create, keys
from burnbook.proof.document import written
from burnbook.proof.verify import Verdict
from burnbook.proof.verify import verify as verify_file
from burnbook.view.parts import Line
from burnbook.windows.current import wanted

VERIFY = "verify"


def run(ctx: Context, args: Any) -> Result:
    """Writes a proof, or verifies the file that follows the word `verify`."""
    extras.use("proof", "proof")
    if args.window == VERIFY and args.file is not None:
        return _verify(ctx, args)
    if args.file is not None:
        raise UsageError(f"{args.file!r} is one argument too many; `verify FILE` verifies a file")
    return _create(ctx, args)


def _create(ctx: Context, args: Any) -> Result:
    window = wanted(ctx, args.window)
    path = args.out or f"proof-{window}.json"
    proof = create.proof(ctx, window, is_redacted=args.redact)
    key_path = args.key or keys.default_path()
    data, public = create.signed(proof, keys.private_key(key_path))
    if path == "-":
        return Result([], None, ready=data.decode())
    create.write(path, data, force=args.force)
    rows = create.shown_rows(proof.journals)
    count, chains = sum(rows.values()), sum(len(journal.chains) for journal in proof.journals)
    text = f"proof of {window}: {plural(count, 'row')}, {plural(chains, 'chain')}, in {path}"
    lines = [
        Line(text, strong=True, level="good"),
        Line(f"signed with {key_path}: {keys.fingerprint(public)}"),
    ]
    lines += [Line(f"  {name} {number:,}", level="dim") for name, number in rows.items()]
    hidden = [entry.journal for entry in proof.journals if create.is_withheld(entry)]
    if hidden and not args.redact:
        ctx.notes.append(f"rows of {', '.join(hidden)} are over 64 MiB and are given by hash only")
    answer = {
        "window": window,
        "file": os.path.abspath(path),
        "bytes": len(data),
        "redacted": args.redact,
        "rows": rows,
        "chains": chains,
        "public_key": public,
        "fingerprint": keys.fingerprint(public),
    }
    return Result(lines, answer)


def _verify(ctx: Context, args: Any) -> Result:
    verdict = verify_file(args.file)
    problems = list(verdict.problems)
    is_known = None if args.key is None else keys.is_key(args.key, verdict.public_key)
    if is_known is False:
        problems.append("another key signed it")
    if args.data_dir is not None:
        problems += against_book.differences(ctx.book.root, verdict.proof)
    word = f"{plural(len(problems), 'fault')} in" if problems else "valid:"
    title = f"{word} {args.file}, a proof of {verdict.proof.window}"
    lines = [Line(title, strong=True, level="bad" if problems else "good"), *map(Line, problems)]
    return Result(
        [*lines, *_details(verdict, is_known)],
        _data(verdict, problems, is_known),
        NO if problems else 0,
    )


def _details(verdict: Verdict, is_known: bool | None) -> list[Line]:
    proof = verdict.proof
    compared = {True: "the given key", None: "compare the fingerprint, or pass it with --key"}
    chains = sum(len(journal.chains) for journal in proof.journals)
    lines = [
        f"signed {written(proof.created_at)} by {keys.fingerprint(verdict.public_key)}"
        + (f" ({compared[is_known]})" if is_known in compared else ""),
        f"{plural(verdict.shown, 'row')} shown in {plural(chains, 'chain')}; "
        f"leaves by hash only: {verdict.withheld:,}",
        "stated by the signer alone: figures"
        + (f", fields of {plural(verdict.stated, 'row')}" if verdict.stated else "")
        + (f", {plural(verdict.unchained, 'row')} in no chain" if verdict.unchained else ""),
    ]
    for journal in proof.journals:
        lines += [
            f"  {journal.journal} of {chain.host}: {plural(len(chain.links), 'link')} to "
            f"{chain.head[:12]}"
            for chain in journal.chains
            if chain.links
        ]
    return [Line(line, level="dim") for line in lines]


def _data(verdict: Verdict, problems: list[str], is_known: bool | None) -> dict[str, Any]:
    proof = verdict.proof
    return {
        "ok": not problems,
        "problems": problems,
        "window": proof.window,
        "created_at": proof.created_at,
        "tool_version": proof.tool_version,
        "redacted": proof.is_redacted,
        "public_key": verdict.public_key,
        "fingerprint": keys.fingerprint(verdict.public_key),
        "is_given_key": is_known,
        "shown": verdict.shown,
        "withheld": verdict.withheld,
        "stated": verdict.stated,
        "unchained": verdict.unchained,
        "figures": proof.figures,
        "heads": [
            {"journal": journal.journal, "host": chain.host, "hash": chain.head}
            for journal in proof.journals
            for chain in journal.chains
        ],
    }
