"""The quota of Gemini CLI: the dialog of `/model`, and `/stats` of several versions."""

import random
from datetime import timedelta
from itertools import pairwise

from layouts._drawing import Drawn, Shown, framed, short, wrapped

MODELS = ["gemini-2.5-pro", "gemini-2.5-flash", "gemini-2.5-flash-lite", "gemini-3-pro-preview"]
NAMES = {"Pro": "pro:daily", "Flash": "flash:daily", "Flash Lite": "flash-lite:daily"}


def draw(chance: random.Random, columns: int) -> Drawn:
    return chance.choice([dialog, used, remaining, together])(chance, columns)


def shrunk(widths: list[int], fixed: int, room: int) -> list[int]:
    """Widths of columns that share what is missing in proportion to their own widths."""
    missing = sum(widths) + fixed - room
    if missing <= 0:
        return widths
    edges = [sum(widths[:at]) * (1 - missing / sum(widths)) for at in range(len(widths) + 1)]
    return [round(b) - round(a) for a, b in pairwise(edges)]


def fit(text: str, width: int) -> str:
    """Text cut off with `…` at the end of its column."""
    return text.ljust(width) if len(text) <= width else f"{text[: max(width - 1, 0)]}…"[:width]


def clock(minutes: int) -> str:
    hour, minute = (9 + minutes // 60) % 24, minutes % 60
    return f"{(hour - 1) % 12 + 1}:{minute:02} {'AM' if hour < 12 else 'PM'} ({short(minutes)})"


def values(chance: random.Random) -> tuple[int, int | None]:
    percent = chance.choice([0, 1, 100, chance.randint(0, 100)])
    return percent, chance.choice([None, chance.randint(1, 1439), chance.randint(1, 1439)])


def dialog(chance: random.Random, columns: int) -> Drawn:
    """`/model`: a name, a bar, a percentage and a reset in columns of 12, the rest, 4 and 26."""
    room = columns - 4
    bar = max(0, columns - 2 - 44 - 3)
    name_width, percent_width, reset_width = shrunk([12, 4, 26], 2 + bar, room)
    lines, meters = ["", "Select Model", "", "─" * room, "Model usage", ""], {}
    for name, meter in list(NAMES.items())[: chance.randint(1, 3)]:
        percent, minutes = values(chance)
        bar_shown = "▬" * (room - name_width - percent_width - reset_width - 2)
        cells = [f"{percent}%"[at : at + percent_width] for at in range(0, 4, percent_width)]
        resets = wrapped(f"Resets: {clock(minutes)}", reset_width) if minutes else [""]
        for at in range(max(len(resets), sum(map(bool, cells)))):
            head = (
                (fit(name, name_width), bar_shown)
                if at == 0
                else (" " * name_width, " " * len(bar_shown))
            )
            cell = cells[at] if at < len(cells) else ""
            reset = resets[at] if at < len(resets) else ""
            lines.append(f"{''.join(head)} {cell.ljust(percent_width)} {reset.ljust(reset_width)}")
        if len(name) <= name_width:
            meters[meter] = Shown(float(percent), timedelta(minutes=minutes) if minutes else None)
    lines += ["", "(Press Esc to close)", ""]
    return Drawn(framed([line[:room] for line in lines], room), meters)


def used(chance: random.Random, columns: int) -> Drawn:
    """`/stats` with bars: columns of a fixed width, cut off at the frame."""
    room = columns - 6
    bar = max(10, min(24, columns - 4 - 56))
    lines, meters = ["", "Session Stats", "", "Model Usage"], {}
    header = (
        "Model".ljust(23) + "Reqs".rjust(5) + "    " + "Model usage".ljust(bar + 4) + "Usage resets"
    )
    lines += [header, "─" * (56 + bar)]
    for model in MODELS[: chance.randint(1, 4)]:
        percent, minutes = values(chance)
        value = "Limit" if percent == 100 else f"{percent}%"
        requests = chance.choice(["-", "7", "12"]).rjust(5)
        head = f"{model.ljust(23)}{requests}    {'▬' * (bar - 4)}{value.rjust(6)}"
        reset = clock(minutes) if minutes else ""
        lines.append(f"{head}  {reset}")
        is_whole = minutes and len(head) + 2 + len(reset) <= room + 2
        meters[f"{model}:daily"] = Shown(
            float(percent) if len(head) <= room + 2 else None,
            timedelta(minutes=minutes) if is_whole and minutes else None,
        )
    inner = [f" {line[: room + 2].ljust(room + 2)}" for line in lines]
    return Drawn(
        "\n".join(["╭" + "─" * (columns - 2) + "╮", *(f"│ {line}│" for line in inner), ""]), meters
    )


def remaining(chance: random.Random, columns: int) -> Drawn:
    """`/stats` with what is left, in columns of 25, 7 and 28; the first and last may shrink."""
    room = columns - 6
    name_width, value_width = shrunk([25, 28], 7, room)
    lines, meters = ["", "Session Stats", "", "Model Usage", "─" * min(room, 60)], {}
    for model in MODELS[: chance.randint(1, 4)]:
        left = chance.choice([0.0, 100.0, chance.randint(0, 1000) / 10])
        minutes = chance.randint(1, 1439)
        text = chance.choice(["resets in {}", "(Resets in {})"]).format(short(minutes))
        value = f"{left:.1f}% {text}"
        requests = chance.choice(["-", "7", "1,200"])
        cell = fit(value, value_width) if len(value) > value_width else value.rjust(value_width)
        lines.append(f"{fit(model, name_width)}{requests.rjust(7)}{cell}")
        is_clear = cell.startswith(" ") or requests == "-"  # `783.9%` may be 7 and 83.9%
        if len(model) <= name_width and is_clear:
            meters[f"{model}:daily"] = Shown(
                round(100 - left, 4) if value_width > len(f"{left:.1f}% ") else None,
                timedelta(minutes=minutes) if len(value) <= value_width else None,
            )
    inner = [f" {line[:room].ljust(room)} " for line in lines]
    return Drawn(framed(inner, room + 2), meters)


def together(chance: random.Random, columns: int) -> Drawn:
    """`/stats model`: a sentence that wraps between words."""
    room = columns - 6
    percent, minutes = chance.choice([0, 100, chance.randint(0, 100)]), chance.randint(1, 1439)
    text = f"{percent}% used (Limit resets in {short(minutes)})"
    if percent == 100:
        text = f"Limit reached, resets in {short(minutes)}"
    elif chance.random() < 0.3:
        text = f"{100 - percent}% usage remaining, resets in {short(minutes)}"
    lines = ["", "Auto (Gemini 3) Stats For Nerds", "", *wrapped(text, room), "Usage limit: 1,000"]
    inner = [f" {line[:room].ljust(room)} " for line in lines]
    meters = {"daily": Shown(float(percent), timedelta(minutes=minutes))}
    return Drawn(framed(inner, room + 2), meters)
