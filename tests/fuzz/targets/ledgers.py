"""CSV ledgers that people and other programs wrote in: any bytes."""

import os
from pathlib import Path

from burnbook.base.errors import BurnbookError
from burnbook.base.rooted_path import RootedPath
from burnbook.ledgers import csv_ledger
from burnbook.ledgers.csv_ledger import CHURN, EVIDENCE, TOKENS

FORMS = (TOKENS, CHURN, EVIDENCE)
SEEDS = []
for _n, _form in enumerate(FORMS):
    for _columns in {_form.columns, _form.old}:
        _row = ",".join("x" if c != "notes" else '"a, ""b""; k=v"' for c in _columns)
        _text = f"{','.join(_columns)}\n{_row}\n"
        SEEDS += [bytes([_n]) + _text.encode(), bytes([_n]) + _text.replace("\n", "\r\n").encode()]
        SEEDS += [bytes([_n]) + b"\xef\xbb\xbf" + _text.encode().rstrip()]
WORDS = [
    b'"',
    b'""',
    b",",
    b"\n",
    b"\r",
    b"\r\n",
    b"record_id=",
    b"; ",
    b"=1+1",
    b"\0",
    b"\xff",
    b"'",
]
folder = Path(os.environ["BURNBOOK_FUZZ"])
folder.mkdir(parents=True)


def run_one(data: bytes) -> None:
    """A row is appended and recognized again, or nothing changes."""
    form = FORMS[data[0] % len(FORMS)] if data else TOKENS
    path = folder / form.file
    path.write_bytes(data[1:])
    row = dict.fromkeys(form.columns) | {form.key: "c-0123456789abcdef01", "notes": "=a"}
    try:
        csv_ledger.check(RootedPath(str(folder)), form)
        added = csv_ledger.project(RootedPath(str(folder)), form, [row])
    except BurnbookError:
        assert path.read_bytes() == data[1:]
        return
    after = path.read_bytes()
    assert after.startswith(data[1:])
    assert row[form.key] in csv_ledger.keys(RootedPath(str(folder)), form)
    assert csv_ledger.project(RootedPath(str(folder)), form, [row]) == 0
    assert added == (after != data[1:])
