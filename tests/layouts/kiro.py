"""`/usage` of Kiro CLI, which prints lines; the bar has up to 80 columns."""

import random

from burnbook.times.wall_time import WallTime
from layouts._drawing import Drawn, Shown, typed


def draw(chance: random.Random, columns: int) -> Drawn:
    limit = chance.choice([50, 1000, 2000])
    used = chance.choice([0, limit * 100, chance.randint(0, limit * 100)]) / 100
    month, day = chance.randint(1, 12), chance.randint(1, 28)
    lines, meters = [f"Estimated Usage | resets on 2027-{month:02}-{day:02} | KIRO PRO", ""], {}
    if chance.random() < 0.5:
        bonus = chance.randint(0, 200000) / 100
        lines += [f"🎁 Bonus credits: {bonus:.2f}/2000 credits used, expires in 19 days", ""]
        meters["bonus"] = Shown(round(bonus / 20, 4))
    percent = int(100 * used / limit)
    width = min(columns - 6, 80)
    bar = "█" * max(1, int(width * used / limit)) + " " * (width - int(width * used / limit))
    lines += [f"Credits ({used:.2f} of {limit} covered in plan)", f"{bar} {percent}%", ""]
    meters["monthly"] = Shown(round(100 * used / limit, 4), WallTime(0, 0, day, month, 2027))
    lines.append(
        chance.choice(["Overages: Disabled", "Overages: Enabled billed at $0.04 per request"])
    )
    if "Enabled" in lines[-1]:
        lines += ["Credits used: 40.29", "Est. cost: $1.61 USD"]
    lines += [
        "",
        "To manage your plan or configure overages navigate to https://app.kiro.dev/account",
    ]
    return Drawn(typed(lines, columns), meters)
