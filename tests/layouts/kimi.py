"""`/usage` of Kimi Code and of Kimi CLI."""

import random
from datetime import timedelta

from layouts._drawing import Drawn, Shown, framed, short, wrapped

LIMITS = [
    ("Weekly limit", "weekly"),
    ("5h limit", "5h"),
    ("1d limit", "daily"),
    ("30m limit", "30m"),
]


def draw(chance: random.Random, columns: int) -> Drawn:
    rows = []
    for label, name in LIMITS[: chance.randint(1, 4)]:
        used = chance.choice([0, 1, 7, 100, chance.randint(0, 100)])
        minutes = chance.choice([None, chance.randint(1, 9999)])
        rows.append((label, name, used, minutes))
    return chance.choice([code, cli])(rows, columns)


def code(rows: list[tuple[str, str, int, int | None]], columns: int) -> Drawn:
    """Each limit is one line, which is cut off with `...` at the frame."""
    label_width = max(10, *(len(label) for label, *_ in rows))
    percent_width = max(len(f"{used}% used") for _, _, used, _ in rows)
    lines, ends = ["Session usage", "  No token usage recorded yet.", "", "Plan usage"], {}
    for label, name, used, minutes in rows:
        filled = round(used / 5)
        head = f"  {label.ljust(label_width)}  {'█' * filled}{'░' * (20 - filled)}  {used}% used"
        hint = f"  resets in {short(minutes)}" if minutes else ""
        padded = head.ljust(label_width + 26 + percent_width)
        lines.append(f"{padded}{hint}")
        ends[name] = (head, len(padded + hint), used, minutes)
    width = max(1, min(columns - 6, max(map(len, lines))))
    meters = {}
    for name, (head, end, used, minutes) in ends.items():
        # A truncated line ends with `...` and shows three columns less; `% u` is enough.
        room = width if end <= width else width - 3
        is_whole = end <= width and minutes
        shown = float(used) if len(head) - 3 <= room else None
        meters[name] = Shown(shown, timedelta(minutes=minutes) if is_whole and minutes else None)
    cut = [line if len(line) <= width else f"{line[: width - 3]}..." for line in lines]
    return Drawn(framed(cut, width, "  ", " Usage "), meters)


def cli(rows: list[tuple[str, str, int, int | None]], columns: int) -> Drawn:
    """A table of three columns; the third wraps, and cuts words off that are too long for it."""
    first = max(6, *(len(label) for label, *_ in rows)) + 2
    texts = [
        f"  {100 - used}% left" + (f"  (resets in {short(minutes)})" if minutes else "")
        for _, _, used, minutes in rows
    ]
    third = min(columns - 6 - first - 20, max(map(len, texts)))
    lines, meters = [], {}
    for (label, name, used, minutes), text in zip(rows, texts, strict=True):
        bar = ("━" * round((100 - used) / 5)).ljust(20)
        words = [word if len(word) <= third else f"{word[: third - 1]}…" for word in text.split()]
        cells = [""] if third < 1 else wrapped(" ".join(words), third)
        lines += [
            f"{(label if at == 0 else '').ljust(first)}{(bar if at == 0 else '').ljust(20)}{cell}"
            for at, cell in enumerate(cells)
        ]
        is_shown = third >= 1 and f"{100 - used}%" in words
        is_whole = minutes is not None and third >= len("(resets")
        reset = timedelta(minutes=minutes) if minutes and is_shown and is_whole else None
        meters[name] = Shown(float(used) if is_shown else None, reset)
    width = max(first + 20 + max(third, 0), 8) + 2
    inner = [f" {line.ljust(width - 2)} " for line in lines]
    return Drawn(framed(inner, width), meters)
