"""Codex's `/status`."""

import random
from collections.abc import Iterator

from layouts._drawing import Drawn, Shown, wrapped

MONTHS = ["Jan", "Mar", "May", "Jun", "Sep", "Nov", "Dec"]


def row(label: str, shown: Shown, column: int, width: int) -> Iterator[str]:
    """One limit: on one row, else the reset below the value, else without its bar."""
    left = 100 - shown.used
    filled = round(left / 5)
    value = f"{left:.0f}% left"
    barred = f"[{'█' * filled}{'░' * (20 - filled)}] {value}"
    head = f" {label}:".ljust(column)
    resets = f"(resets {shown.resets})" if shown.resets else ""
    if resets and len(f"{head}{barred} {resets}") <= width:
        yield f"{head}{barred} {resets}"
        return
    yield head + (barred if len(head + barred) <= width else value)
    for row in wrapped(resets, max(width - column, 1)) if resets else ():
        yield " " * column + row


def draw(chance: random.Random, columns: int) -> Drawn:
    def shown() -> Shown:
        clock = f"{chance.randint(0, 23):02}:{chance.randint(0, 59):02}"
        day = f" on {chance.randint(1, 30)} {chance.choice(MONTHS)}"
        resets = chance.choice([clock, clock + day, None])
        return Shown(float(chance.choice([0, 1, 100, chance.randint(0, 100)])), resets)

    rows: list[tuple[str, str | None]] = [("5h limit", "5h"), ("Weekly limit", "weekly")]
    rows = chance.choice([rows, rows[:1], rows[1:]])
    if chance.random() < 0.5:
        model = "gpt-5.3-codex-spark"
        block = [("GPT-5.3-Codex-Spark limit", None), ("5h limit", f"{model}:5h")]
        block += [("Weekly limit", f"{model}:weekly"), ("Usage limit", f"{model}:usage")]
        rows = rows + block[: chance.randint(2, 4)]
    width = columns - 4
    column = max(len(label) for label, _ in [*rows, ("Permissions", None)]) + 4
    lines = [
        " >_ OpenAI Codex (v0.131.0)",
        "",
        f"{' Model:'.ljust(column)}gpt-5.6-sol (medium)",
        "",
    ]
    meters = {}
    for label, name in rows:
        if name is None:
            lines.append(f" {label}:")
        else:
            meters[name] = shown()
            lines += row(label, meters[name], column, width)
    cut = [line[:width] for line in lines]
    inner = max(map(len, cut))
    framed = [f"╭{'─' * (inner + 2)}╮", *(f"│ {line.ljust(inner)} │" for line in cut)]
    return Drawn("\n".join(["/status", "", *framed, f"╰{'─' * (inner + 2)}╯", ""]), meters)
