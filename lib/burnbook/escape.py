"""Text made safe to show: what is not printable is told, and does not act."""


def printable(value: str) -> str:
    """The text with everything that is no printable character escaped, so that none acts."""
    if value.isprintable():
        return value
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in value)
