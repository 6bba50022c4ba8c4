"""What editors, git and shells do to a journal whose rows still hold, and how `check` names it."""

from collections import Counter

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
        "crlf": f"has CRLF line ends ({_lines(counts['crlf'])})",
        "spaces": f"has spaces after the row ({_lines(counts['spaces'])})",
        "blank": f"has blank lines ({_lines(counts['blank'])})",
    }
    return [
        Finding("form", file, 0, f"{reason}; run repair --yes")
        for form, reason in told.items()
        if counts[form]
    ]


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count:,} lines"
