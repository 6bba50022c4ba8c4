"""The status line that an agent shows at every prompt: vendor JSON in, one line out.

`burnbook` gets meters that it has seen; `new meters` gets others each round, and books them
durably. ccusage reads today's logs, or answers from its cache, which may be old. jq prints the
same values and keeps none.
"""

import json
import shutil
import time
from collections import Counter
from pathlib import Path
from typing import Any

from measure import Command, run

from table import peers
from table.bench import Bench, Job
from table.declared import Row

JQ = r"""
def percent: .used_percentage | round | "\(.)%";
"\(.model.display_name) | context \(.context_window | percent)"
+ " | 5h \(.rate_limits.five_hour | percent) | week \(.rate_limits.seven_day | percent)"
"""
SETTLED = 3  # seconds between prompts, after which an answer may be kept: prompts are no burst
SHOWN = ("Opus 4.5", "34%", "23%", "41%")


def prepare(bench: Bench, row: Row) -> Job:
    """Two books of one session, and peers with the same input."""
    home = bench.corpora.home(row.corpus)
    books = {name: bench.book(f"{row.name}.{name}") for name in ("same", "new")}
    inputs = {name: bench.out(f"{row.name}.{name}.json") for name in books}
    for book in books.values():
        shutil.rmtree(book, ignore_errors=True)
    shown = bench.out(f"{row.name}.txt")
    ours = {
        name: bench.burnbook("statusline", book=book, home=home)._replace(
            stdin=inputs[name], stdout=shown if name == "same" else None
        )
        for name, book in books.items()
    }
    [transcript, *_] = sorted((home / ".claude" / "projects").glob("*/*.jsonl"))
    same: dict[str, Any] = {"stdin": inputs["same"], "env": ours["same"].env}
    others = {"python": Command([peers.PYTHON, "-c", "pass"], env=ours["same"].env)}
    if "ccusage" in bench.versions:
        words = [peers.PEERS["ccusage"].program, "statusline", "--offline"]
        others["ccusage"] = Command([*words, "--no-cache"], **same)
        others["ccusage cached"] = Command([*words, "--refresh-interval", "3600"], **same)
    if "jq" in bench.versions:
        others["jq"] = Command([peers.PEERS["jq"].program, "-r", JQ], **same)

    began, prompts = int(time.time()), Counter[str]()
    inputs["same"].write_text(json.dumps(_input(transcript, began, 0, 23.0)))
    run(ours["same"])
    if not bench.corpora.quick:
        time.sleep(SETTLED)

    def commands(at: int) -> dict[str, Command]:
        for name, percent in (("same", 23.0), ("new", 23.0 + at / 10)):
            prompts[name] += 1
            inputs[name].write_text(json.dumps(_input(transcript, began, at, percent)))
        return {"burnbook": ours["same"], "new meters": ours["new"], **others}

    def wrong() -> list[str]:
        text = shown.read_text()
        other = [] if all(part in text for part in SHOWN) else [f"the line is {text!r}"]
        for name, expected in (("same", 1), ("new", prompts["new"])):
            booked = (books[name] / "meters.jsonl").read_text().count("\n")
            if booked != expected:
                other.append(f"{booked} readings are in the book, not {expected}")
        return other

    return Job(commands, wrong)


def _input(transcript: Path, began: int, at: int, percent: float) -> dict[str, Any]:
    """The input of the prompt of a round: cost and tokens grow, the five hours are as given."""
    path = peers.ROOT / "samples" / "agents" / "statusline.json"
    sample: dict[str, Any] = json.loads(path.read_text())
    sample["transcript_path"] = str(transcript)
    sample["cost"]["total_cost_usd"] += at / 100
    sample["context_window"]["total_input_tokens"] += at
    five_hours, week = sample["rate_limits"]["five_hour"], sample["rate_limits"]["seven_day"]
    five_hours |= {"used_percentage": percent, "resets_at": began + 2 * 3600}
    week["resets_at"] = began + 3 * 86_400
    return sample
