"""Files outside of the book that have the subject. `forget` names them and never changes them."""

import os
import re
from collections.abc import Iterator
from typing import NamedTuple

from burnbook.archive.forget.rows import RowChanges
from burnbook.archive.forget.texts import of_word
from burnbook.base.errors import BadConfig, IOFault, os_sentence
from burnbook.config.folders import bundle_path, ledgers
from burnbook.context import Context
from burnbook.ledgers import csv_ledger

_MOST = 64 << 20  # bytes of a file that are searched
_MOST_FILES = 2000
KINDS = (
    "backups, exports, and other books that were merged with this one or follow it",
    "the agents' own logs: new requests in them are booked under their names",
)
"""What may have the subject, wherever it is."""


class Occurrence(NamedTuple):
    """A file, and how many of its lines have the subject."""

    path: str
    lines: int


def search(ctx: Context, changes: RowChanges) -> list[Occurrence]:
    """Returns the ledgers, the handoff page, the config and the bundles that have the subject."""
    subject = changes.subject
    label = of_word(subject.name if subject.kind == "account" else "\0", "").regex.encode()
    results = []
    for path in _paths(ctx):
        is_config = path.startswith(ctx.config.root + os.sep) and path.endswith(".toml")
        try:
            if not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                data = file.read(_MOST)
        except OSError as error:
            sentence = os_sentence(f"cannot read {path}, which may have it", error)
            ctx.notes.append(sentence)
            continue
        lines = data.splitlines()
        count = sum(
            changes.texts.are_in(line) or (is_config and re.search(label, line) is not None)
            for line in lines
        )
        if count:
            results.append(Occurrence(path, count))
    repository = _repository(ctx.book.root)
    return [*results, *([Occurrence(repository, 0)] if repository else [])]


def _paths(ctx: Context) -> Iterator[str]:
    try:
        pages = ledgers(ctx.config, ctx.book.root)
        yield from (str(pages.folder / form.file) for form in csv_ledger.FORMS)
        yield str(pages.handoff)
        folders = [ctx.config.root, bundle_path(ctx.config)]
    except (BadConfig, IOFault):
        folders = [ctx.config.root]
    count = 0
    for top in folders:
        for folder, _, names in os.walk(top):
            for name in names:
                count += 1
                if count <= _MOST_FILES:
                    yield os.path.join(folder, name)


def _repository(root: str) -> str | None:
    """The git repository whose history may have journals of the book."""
    folder = os.path.realpath(root)
    while folder != os.path.dirname(folder):
        path = os.path.join(folder, ".git")
        if os.path.exists(path):
            return path if _is_tracked(folder, root) else None
        folder = os.path.dirname(folder)
    return None


def _is_tracked(folder: str, root: str) -> bool:
    """Whether git has files of the book; True if that cannot be known."""
    from burnbook.base import process

    command = ("git", "-C", folder, "ls-files", "--", os.path.realpath(root))
    try:
        done = process.run(command, 10.0, out=1 << 20)
    except (OSError, process.LimitExceeded):
        return True
    return done.code != 0 or bool(done.out)
