"""The managed section of a page: between two markers, and nowhere else.

Works on bytes: whatever stands outside of the markers stays, be it text or not.
"""

import re

from burnbook.base.errors import BadData
from burnbook.base.rooted_path import RootedPath
from burnbook.ledgers import shared_file

BEGIN = b"<!-- burnbook:begin -->"
END = b"<!-- burnbook:end -->"
_NEWLINE = re.compile(rb"\r\n|\n")


def check(path: RootedPath) -> None:
    """Nothing, where the section can be written; else BadData or IOFault. Never writes."""
    page = shared_file.read(path)
    _refreshed(path, page.data or b"", "")


def refresh(path: RootedPath, text: str) -> bool:
    """Put `text` between the markers; whether that changed anything.

    A page without markers gets them at its end, a page that is not there is made. Raises BadData
    where the markers are not one pair in the right order; then nothing is written.
    """
    with shared_file.held(path) as page:
        data = _refreshed(path, page.data or b"", text)
        if data == page.data:
            return False
        shared_file.put(page, data)
    return True


def _refreshed(path: RootedPath, data: bytes, text: str) -> bytes:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadData(f"{path} is UTF-16; save it as UTF-8")
    # After a lone \r a newline would read as \r\n; the next run would take that for the page's own.
    newline = (_NEWLINE.search(data) or [b"\r\n" if data.endswith(b"\r") else b"\n"])[0]
    # A marker inside would end the section too early: nothing in the text begins a comment.
    lines = text.replace("<!--", "&lt;!--").encode().splitlines()
    section = newline.join([BEGIN, *lines, END])
    begins, ends = data.count(BEGIN), data.count(END)
    if begins == ends == 0:
        bare = data.removeprefix(b"\xef\xbb\xbf")
        gap = b"" if not bare else newline if bare.endswith(b"\n") else newline * 2
        return data + gap + section + newline
    at, to = data.find(BEGIN), data.find(END)
    if (begins, ends) != (1, 1) or to < at:
        raise BadData(
            f"{path} has {begins} {BEGIN.decode()} and {ends} {END.decode()}"
            f"{', the end first' if begins == ends == 1 else ''}; valid: one of each, in this "
            "order, or none"
        )
    return data[:at] + section + data[to + len(END) :]
