"""Claude Code's `/usage`."""

import random
from collections.abc import Iterator

from layouts._drawing import Drawn, Shown, wrapped

ZONES = ["UTC", "Asia/Tokyo", "Europe/London", "America/Argentina/Buenos_Aires", "Asia/Calcutta"]
MONTHS = ["Jan", "Mar", "May", "Jun", "Sep", "Nov", "Dec"]


def bar(ratio: float, width: int) -> str:
    """A bar in eighths of a column, with blanks up to its width."""
    eighths = int(ratio * width * 8)
    return ("█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8]).rstrip().ljust(width)


def reset(chance: random.Random, day_alone: bool) -> str:
    zone = f"({chance.choice(ZONES)})"
    clock = (
        f"{chance.randint(1, 12)}{chance.choice(['', ':59', ':30'])}{chance.choice(['am', 'pm'])}"
    )
    day = f"{chance.choice(MONTHS)} {chance.randint(1, 30)}"
    if day_alone:
        return f"{day} {zone}"
    separator = chance.choice([", ", " at "])
    return chance.choice([f"{clock} {zone}", f"{day}{separator}{clock} {zone}"])


def block(title: str, shown: Shown, spent: str, columns: int) -> Iterator[str]:
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


def draw(chance: random.Random, columns: int) -> Drawn:
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
        resets = reset(chance, is_extra) if is_extra or chance.random() < 0.8 else None
        spent = f"${used / 2:.2f} / $50.00 spent" if is_extra else ""
        lines += block(title, Shown(used, resets), spent, columns)
        meters[name] = Shown(int(used), resets)
    lines += chance.choice([[], ["What's contributing to your usage?", "", "Opus 5      12%"]])
    lines += ["", "←/→ to switch · Esc to close"[: columns - 2], ""]
    return Drawn("\n".join(f"  {line}" for line in lines), meters)
