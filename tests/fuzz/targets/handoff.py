"""The handoff's markers in any page."""

import os
from pathlib import Path

from burnbook.base.errors import BurnbookError
from burnbook.base.rooted_path import RootedPath
from burnbook.ledgers import handoff_file
from burnbook.ledgers.handoff_file import BEGIN, END

SEEDS = [
    b"# Notes\n\n" + BEGIN + b"\nold\n" + END + b"\nmine\n",
    b"no markers",
    b"\xef\xbb\xbf# BOM\r\n" + BEGIN + b"\r\n" + END,
    b"",
    b"\xff\xfe",
]
WORDS = [BEGIN, END, b"<!--", b"-->", b"\r", b"\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\0", BEGIN[:9]]
TEXTS = ("## now\n\n- a\n", "", "x\ry\x0bz\u2028<!-- burnbook:end -->\n<!--")
path = Path(os.environ["BURNBOOK_FUZZ"]) / "HANDOFF.md"
path.parent.mkdir(parents=True)


def run_one(data: bytes) -> None:
    """Bytes outside the markers are unchanged; writing the same text again changes nothing."""
    for text in TEXTS:
        path.write_bytes(data)
        try:
            handoff_file.refresh(RootedPath(str(path.parent)) / path.name, text)
        except BurnbookError:
            assert path.read_bytes() == data
            continue
        after = path.read_bytes()
        assert (after.count(BEGIN), after.count(END)) == (1, 1), after
        head, _, rest = after.partition(BEGIN)
        tail = rest.partition(END)[2]
        if BEGIN in data:
            assert (head, tail) == (data.partition(BEGIN)[0], data.partition(END)[2])
        else:
            assert head.startswith(data)
        assert handoff_file.refresh(RootedPath(str(path.parent)) / path.name, text) is False
        assert path.read_bytes() == after
