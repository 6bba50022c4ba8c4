"""Panes drawn by the rules of Claude Code and Codex, for terminals of 28 to 200 columns.

A percentage is right or null at any width, no meter is invented, and a reset is right or null.
Above 40 columns nearly every percentage is read.
"""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from burnbook.panes import parse
from burnbook.times.wall_time import WallTime, parse_day, parse_reset
from torture.figures import long, record

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
ZONES = ["UTC", "Asia/Tokyo", "Europe/London", "America/Argentina/Buenos_Aires", "Asia/Calcutta"]
MONTHS = ["Jan", "Mar", "May", "Jun", "Sep", "Nov", "Dec"]


class Shown(NamedTuple):
    """What a meter shows: percent used, and the text of its reset."""

    used: float
    resets: str | None


class Drawn(NamedTuple):
    """A pane, and the meters that it shows."""

    text: str
    meters: dict[str, Shown]


# ----- Claude Code


def wrapped(text: str, width: int) -> list[str]:
    """Wraps like wrap-ansi with `hard`: a long word starts where it needs fewer breaks."""
    rows = [""]
    for word in text.split(" "):
        if rows[-1] and len(rows[-1]) + 1 + len(word) <= width:
            rows[-1] += f" {word}"
        elif len(word) <= width:
            rows.append(word)
        else:
            rest = width - len(rows[-1]) - 1
            if (
                rows[-1]
                and rest > 0
                and 1 + (len(word) - rest - 1) // width <= (len(word) - 1) // width
            ):
                rows[-1] += f" {word[:rest]}"
                word = word[rest:]
            rows += [word[at : at + width] for at in range(0, len(word), width)]
    return [row for row in rows if row] or [""]


def bar(ratio: float, width: int) -> str:
    """A bar in eighths of a column, with blanks up to its width."""
    eighths = int(ratio * width * 8)
    return ("█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8]).rstrip().ljust(width)


def claude_reset(chance: random.Random, day_alone: bool) -> str:
    zone = f"({chance.choice(ZONES)})"
    clock = (
        f"{chance.randint(1, 12)}{chance.choice(['', ':59', ':30'])}{chance.choice(['am', 'pm'])}"
    )
    day = f"{chance.choice(MONTHS)} {chance.randint(1, 30)}"
    if day_alone:
        return f"{day} {zone}"
    separator = chance.choice([", ", " at "])
    return chance.choice([f"{clock} {zone}", f"{day}{separator}{clock} {zone}"])


def claude_block(title: str, shown: Shown, spent: str, columns: int) -> Iterator[str]:
    """One limit: in three rows, or, below 62 columns, as title, bar and value."""
    width = min(columns - 4, 80)
    ratio, value = shown.used / 100, f"{int(shown.used)}% used"
    below = " · ".join(filter(None, [spent, shown.resets and f"Resets {shown.resets}"]))
    if width >= 62:
        yield title
        yield f"{bar(ratio, 50)} {value}"
        yield from wrapped(below, width) if below else ()
    else:
        yield from wrapped(f"{title} · {below}" if below else title, width)
        yield bar(ratio, width)
        yield value
    yield ""


def claude(chance: random.Random, columns: int) -> Drawn:
    titles = {"session": "Current session", "week-all-models": "Current week (all models)"}
    model = chance.choice(["Opus", "Sonnet only", "Fable", "Opus 5.1 only"])
    if chance.random() < 0.5:
        name = model.lower().replace(" ", "-")
        titles[f"week-{name}"] = f"Current week ({model})"
    if chance.random() < 0.4:
        titles["extra-usage"] = chance.choice(["Extra usage", "Usage credits"])
    lines = ["Settings  Status   Config   Usage   Stats"[: columns - 2], ""]
    meters = {}
    for name, title in titles.items():
        is_extra = name == "extra-usage"
        used = chance.choice([0.0, 0.4, 1.0, 100.0, chance.uniform(0, 100)])
        resets = claude_reset(chance, is_extra) if is_extra or chance.random() < 0.8 else None
        spent = f"${used / 2:.2f} / $50.00 spent" if is_extra else ""
        lines += claude_block(title, Shown(used, resets), spent, columns)
        meters[name] = Shown(int(used), resets)
    lines += chance.choice([[], ["What's contributing to your usage?", "", "Opus 5      12%"]])
    lines += ["", "←/→ to switch · Esc to close"[: columns - 2], ""]
    return Drawn("\n".join(f"  {line}" for line in lines), meters)


# ----- Codex


def codex_row(label: str, shown: Shown, column: int, width: int) -> Iterator[str]:
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


def codex(chance: random.Random, columns: int) -> Drawn:
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
            lines += codex_row(label, meters[name], column, width)
    cut = [line[:width] for line in lines]
    inner = max(map(len, cut))
    framed = [f"╭{'─' * (inner + 2)}╮", *(f"│ {line.ljust(inner)} │" for line in cut)]
    return Drawn("\n".join(["/status", "", *framed, f"╰{'─' * (inner + 2)}╯", ""]), meters)


# ----- the test


def is_right(shown: WallTime, text: str | None) -> bool:
    wall = parse_reset(text or "") or parse_day(text or "")
    fields = ("hour", "minute", "day", "month", "year", "zone")
    return all(getattr(shown, field) == getattr(wall, field, None) for field in fields)


@pytest.mark.parametrize("draw", [claude, codex], ids=["claude", "codex"])
def test_a_pane_of_any_width_shows_right_values_or_none(
    draw: Callable[[random.Random, int], Drawn],
) -> None:
    chance = random.Random(draw.__name__)
    count, unread, wide = long(100, 5000), 0, 0
    for _ in range(count):
        columns = chance.randint(28, 200)
        drawn = draw(chance, columns)
        pane = parse(draw.__name__, drawn.text, AT)
        read = {meter.name: meter for meter in pane.meters}
        assert set(read) <= set(drawn.meters), drawn.text
        for name, shown in drawn.meters.items():
            meter = read.get(name)
            used = meter.used_percent if meter else None
            assert used in (None, shown.used), drawn.text
            if meter and meter.resets:
                assert isinstance(meter.resets, WallTime)
                assert is_right(meter.resets, shown.resets), drawn.text
            if columns > 40:
                wide += 1
                unread += used is None or (shown.resets is not None and meter.resets is None)
    record(
        f"A drawn pane of {draw.__name__} is read at any width",
        "test_a_pane_of_any_width_shows_right_values_or_none",
        f"{count:,} panes, no wrong value; {unread} of {wide:,} meters above 40 columns not read",
        "no wrong value, less than 1% not read",
        wide > 0 and unread < wide / 100,
    )
