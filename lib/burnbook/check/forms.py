"""What editors, git and shells do to a journal whose rows still hold, and how `check` names it."""

from collections import Counter

from burnbook.base.text import plural
from burnbook.book import codec
from burnbook.check import Finding


def of(line: bytes) -> list[str]:
    """What `records.plain` would take away from a line."""
    if line.isspace():
        return ["blank"]
    found = ["mark"] if line.startswith(codec.BOM) else []
    if line.endswith(b"\r\n"):
        found.append("crlf")
    elif line[-2:-1].isspace():
        found.append("spaces")
    return found


def findings(file: str, counts: Counter[str]) -> list[Finding]:
    """One finding for each kind of difference in a journal."""
    told = {
        "mark": "begins with a UTF-8 byte-order mark",
        "crlf": f"has CRLF line ends ({plural(counts['crlf'], 'line')})",
        "spaces": f"has spaces after the row ({plural(counts['spaces'], 'line')})",
        "blank": f"has blank lines ({plural(counts['blank'], 'line')})",
    }
    return [
        Finding("form", file, 0, f"{reason}; run repair --yes")
        for form, reason in told.items()
        if counts[form]
    ]
