"""The handoff page: burnbook manages the section between two markers, and changes nothing else.

Works on bytes, so that text in any encoding outside the markers stays as it is.
"""

import re

from burnbook.base.errors import BadData
from burnbook.base.rooted_path import RootedPath
from burnbook.ledgers import shared_file

BEGIN = b"<!-- burnbook:begin -->"
END = b"<!-- burnbook:end -->"
_NEWLINE = re.compile(rb"\r\n|\n")


def check(path: RootedPath) -> None:
    """Raises BadData or IOFault if the section cannot be written. Never writes."""
    page = shared_file.read(path)
    _refreshed(path, page.data or b"", "")


def refresh(path: RootedPath, text: str) -> bool:
    """Puts `text` between the markers. Returns whether that changed the page.

    A page without markers gets them at its end; a missing page is created. Raises BadData, without
    writing, unless the markers are one pair in the right order.
    """
    with shared_file.locked(path) as page:
        data = _refreshed(path, page.data or b"", text)
        if data == page.data:
            return False
        shared_file.replace(page, data)
    return True


def _refreshed(path: RootedPath, data: bytes, text: str) -> bytes:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadData(f"{path} is UTF-16; save it as UTF-8")
    # After a lone \r, a \n would read as \r\n, and the next run would take that for the page's own.
    newline = (_NEWLINE.search(data) or [b"\r\n" if data.endswith(b"\r") else b"\n"])[0]
    # A marker in the text would end the section too early, so the text cannot begin a comment.
    lines = text.replace("<!--", "&lt;!--").encode().splitlines()
    section = newline.join([BEGIN, *lines, END])
    begins, ends = data.count(BEGIN), data.count(END)
    if begins == ends == 0:
        bare = data.removeprefix(b"\xef\xbb\xbf")
        gap = b"" if not bare else newline if bare.endswith(b"\n") else newline * 2
        return data + gap + section + newline
    start, end = data.find(BEGIN), data.find(END)
    if (begins, ends) != (1, 1) or end < start:
        raise BadData(
            f"{path} has {begins} {BEGIN.decode()} and {ends} {END.decode()}"
            f"{', the end first' if begins == ends == 1 else ''}; valid: one of each, in this "
            "order, or none"
        )
    return data[:start] + section + data[end + len(END) :]
