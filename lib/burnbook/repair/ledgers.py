"""What `repair --yes` does to rows of a ledger; the ledger as it was stays beside it."""

from collections import Counter

from burnbook.base.errors import IOFault, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.ledgers import reconcile, shared_file
from burnbook.ledgers.csv_ledger import Form
from burnbook.repair.derived import kept_at


def mend(folder: RootedPath, form: Form, rows: reconcile.Rows) -> list[str]:
    """Put right what stands twice, or differs from the journal: what was done, line by line."""
    path = folder / form.file
    with shared_file.held(path) as page:
        if page.data is None:
            return []
        data, bad = reconcile.mended(form, page.data, rows)
        if not bad:
            return []
        kept = kept_at(path)
        try:
            if kept.status() is None:
                path.link(kept.last)
                folder.sync()
        except OSError as error:
            raise IOFault(os_sentence(f"cannot keep {path} as it is", error)) from None
        shared_file.put(page, data)
    counts = Counter(map(_done, bad))
    told = ", ".join(f"{'1 row' if n == 1 else f'{n} rows'} {what}" for what, n in counts.items())
    return [f"{form.file}: {told}; the ledger as it was is {kept.last}"]


def _done(one: reconcile.Wrong) -> str:
    if one.columns:
        return "written as the journal has it"
    return (
        "made a person's own (its record_id is gone)"
        if one.own
        else "removed that stood there twice"
    )
