"""`amp usage`, which prints lines."""

import random
from datetime import timedelta

from layouts._drawing import Drawn, Shown, typed


def draw(chance: random.Random, columns: int) -> Drawn:
    lines, meters = [f"Signed in as ada{chance.randint(1, 9999)}@example.com (team)"], {}
    if chance.random() < 0.6:
        left = chance.choice([0, 100, chance.randint(0, 100)])
        more = chance.choice([" today (resets daily)", ""])
        lines.append(f"Amp Free: {left}% remaining{more} - https://ampcode.com/settings#amp-free")
        meters["daily"] = Shown(100 - left)
    elif chance.random() < 0.6:
        cents = chance.choice([0, 1000, chance.randint(0, 1000)])
        lines.append(f"Amp Free: ${cents / 100:g}/$10 remaining (replenishes +$0.42/hour)")
        meters["daily"] = Shown(round(100 - cents / 10, 4))
    if chance.random() < 0.5:
        other, orb = chance.randint(0, 100), chance.randint(0, 1000) / 10
        days = chance.randint(1, 31)
        lines.append(
            f"Amp Megawatt Subscription: {other}% other usage and {orb:g}% orb usage remaining"
            f" - resets upon renewal in {days} day{'s' if days > 1 else ''}"
        )
        meters["other:monthly"] = Shown(100 - other, timedelta(days=days))
        meters["orb:monthly"] = Shown(round(100 - orb, 4), timedelta(days=days))
    lines.append(f"Individual credits: ${chance.randint(0, 10**6) / 100:,.2f} remaining (set up)")
    for name in ("Test Team", "b2b 50%")[: chance.randint(0, 2)]:
        lines.append(f"Workspace {name}: ${chance.randint(0, 10**6) / 100:,.2f} remaining")
    return Drawn(typed(lines, columns), meters)
