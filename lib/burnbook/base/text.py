"""Text that is safe to show: printable text, and CSV cells that a spreadsheet does not run.

Also regular expressions that are compiled when they are first used.
"""

from burnbook.base.clean_text import clean

TYPE_CHECKING = False  # the name that type checkers know; `typing` takes 8 ms to import
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from re import Pattern
    from typing import Any, AnyStr

Cell = str | float | None
# A spreadsheet reads a cell that begins with one of these, narrow or wide, as a formula.
_FORMULA_STARTS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")


class Regex:
    """A regular expression, compiled when one of its methods is first used.

    Compiling takes 0.2 ms, and a command uses few of those in the modules that it imports.
    """

    def __init__(self, source: str | bytes, flags: int) -> None:
        self.source, self.flags = source, flags

    def __getattr__(self, name: str) -> "Any":
        import re

        value = getattr(re.compile(self.source, self.flags), name)
        setattr(self, name, value)  # so that it is called as fast as that of a pattern
        return value


def regex(source: "AnyStr", flags: int = 0) -> "Pattern[AnyStr]":
    """Returns a pattern as `re.compile` does, but compiles it when it is first used."""
    return Regex(source, flags)  # type: ignore[return-value]


def printable(value: str) -> str:
    """Returns the text with every character that is not printable escaped."""
    if value.isprintable():
        return value
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in value)


def plural(number: int, noun: str) -> str:
    """Returns text such as `1 row` or `1,024 rows`."""
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"


def size(count: int) -> str:
    """Returns a number of bytes as text such as `512 bytes`, `3.1 MB` (1,000,000 bytes)."""
    if count < 1000:
        return plural(count, "byte")
    amount, units = float(count), ["bytes", "kB", "MB", "GB", "TB"]
    while amount >= 999.95 and len(units) > 1:
        amount, units = amount / 1000, units[1:]
    return f"{amount:,.1f} {units[0]}"


def span(seconds: float) -> str:
    """Returns a duration for display: `3h 12m`, `2d 4h`, `40s`."""
    whole = int(abs(seconds))
    days, rest = divmod(whole, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, secs = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "m"), (secs, "s")]
    shown = [f"{n}{unit}" for n, unit in parts if n][:2]
    return " ".join(shown) or "0s"


def csv_text(rows: "Iterable[Sequence[Cell]]", newline: str = "\n") -> str:
    """Returns rows as CSV (RFC 4180). None is an empty cell; numbers stay numbers."""
    import csv
    import io

    out = io.StringIO()
    csv.writer(out, lineterminator=newline).writerows([_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def csv_line(cells: "Sequence[str]") -> str:
    """Returns one CSV row without a line end. The cells are not changed."""
    import csv
    import io

    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()


def cleaned_csv(data: bytes) -> bytes:
    """Returns a CSV file without secrets; the same bytes if no cell has one."""
    import csv
    import io

    text = data.decode("utf-8", "surrogateescape")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    cleaned_rows = [[clean(cell) for cell in row] for row in rows]
    if cleaned_rows == rows:
        return data
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = [csv_line(row) + newline for row in cleaned_rows]
    return "".join(lines).encode("utf-8", "surrogateescape")


def whole(value: Cell) -> Cell:
    """Returns 3 for 3.0; any other value unchanged."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def safe_cell(text: str) -> str:
    """Returns printable text that a spreadsheet does not run.

    Text that begins with = + - @ or a control character gets a leading `'`. Control characters are
    escaped.
    """
    first = text.lstrip(" ")[:1]
    is_formula = first in _FORMULA_STARTS or (first != "" and not first.isprintable())
    shown = printable(text)
    return f"'{shown}" if is_formula else shown


def _cell(value: Cell) -> Cell:
    return safe_cell(value) if isinstance(value, str) else value


def one_line(message: str) -> str:
    """Returns a message as one printable line without secrets, because jobs log their messages."""
    line = printable(" ".join(message.split()))
    try:
        return clean(line)
    except (ImportError, OSError):  # the message may be about a file of burnbook that cannot load
        return line
