"""Detects changes by editors, git and shells that leave the rows of a journal valid."""

from collections import Counter

from burnbook.base.text import plural
from burnbook.book import codec
from burnbook.check import Finding


def of(line: bytes) -> list[str]:
    """The differences that `codec.plain` would remove from a line: mark, crlf, spaces, blank."""
    if line.isspace():
        return ["blank"]
    differences = ["mark"] if line.startswith(codec.BOM) else []
    if line.endswith(b"\r\n"):
        differences.append("crlf")
    elif line[-2:-1].isspace():
        differences.append("spaces")
    return differences


def findings(file: str, counts: Counter[str]) -> list[Finding]:
    """One finding for each kind of difference in a journal."""
    reasons = {
        "mark": "begins with a UTF-8 byte-order mark",
        "crlf": f"has CRLF line ends ({plural(counts['crlf'], 'line')})",
        "spaces": f"has spaces after the row ({plural(counts['spaces'], 'line')})",
        "blank": f"has blank lines ({plural(counts['blank'], 'line')})",
    }
    return [
        Finding("form", file, 0, f"{reason}; run repair --yes")
        for form, reason in reasons.items()
        if counts[form]
    ]
