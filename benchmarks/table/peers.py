"""The programs that burnbook is compared with, and how they are called.

Each gets the flags with which it is quickest: no download of prices, every core, its caches.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from measure import Command

ROOT = Path(__file__).resolve().parent.parent.parent
BENCH = ROOT / ".venv" / "bench"
NPM = BENCH / "npm" / "node_modules"
PYTHON = str(ROOT / ".venv" / "bin" / "python")


class Peer(NamedTuple):
    """A program, the arguments that print its version, and how to install it."""

    program: str
    version: tuple[str, ...]
    install: str = "./just bench-setup"


PEERS = {
    "ccusage": Peer(str(NPM / "@ccusage/ccusage-linux-x64/bin/ccusage"), ("--version",)),
    "tokscale": Peer(str(NPM / "@tokscale/cli-linux-x64-gnu/bin/tokscale"), ("--version",)),
    "aiburn": Peer(str(BENCH / "bin" / "aiburn"), ("--version",)),
    "DuckDB": Peer(
        str(BENCH / "bin" / "python"), ("-c", "import duckdb; print(duckdb.__version__)")
    ),
    "jq": Peer(shutil.which("jq") or "/usr/bin/jq", ("--version",), "install the program jq"),
    "find": Peer(shutil.which("find") or "/usr/bin/find", ("--version",), "install GNU findutils"),
    "python": Peer(PYTHON, ("--version",), "run ./just once"),
}
# The sums in each one's answer. Input, cache read, cache written, output; aiburn adds up the cache.
_TOTALS = {
    "ccusage": ("inputTokens", "cacheReadTokens", "cacheCreationTokens", "outputTokens"),
    "tokscale": ("input", "cacheRead", "cacheWrite", "output"),
    "aiburn": ("input", "cache", "output"),
}
_LISTS = {"tokscale": "entries", "aiburn": "groups"}


def installed() -> dict[str, str]:
    """The version of each peer that can run."""
    versions = {}
    for name, peer in PEERS.items():
        if os.access(peer.program, os.X_OK):
            words = [peer.program, *peer.version]
            done = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL)
            if done.returncode == 0 and done.stdout.strip():
                first = done.stdout.splitlines()[0]
                versions[name] = first.split()[-1].removeprefix("jq-")
    return versions


def log_reader(name: str, tool: str, home: Path, out: Path, *, cold: bool = False) -> Command:
    """A peer's report on one agent's logs; cold: without its cache."""
    words = {
        "ccusage": [tool, "daily", "--json", "--offline"],
        "tokscale": ["models", "--json", "--no-spinner", "-c", tool],
        "aiburn": ["daily", f"--{tool}", "--json"],
    }[name]
    cache = home / ".config" / "tokscale" if cold and name == "tokscale" else None
    argv = [PEERS[name].program, *words]
    return Command(argv, stdout=out, makes=cache, env=environment(home))


def environment(home: Path) -> dict[str, str]:
    """The environment of every measured command: a home folder, and UTC."""
    # tokscale waits for the network otherwise.
    return {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "TZ": "UTC",
        "TOKSCALE_PRICING_CACHE_ONLY": "1",
    }


def deviation(name: str, out: Path, true: tuple[int, int, int, int]) -> str:
    """How far the tokens in a peer's answer are from the truth.

    `true` has input, cache read, cache written and output, which includes reasoning.
    """
    answer = json.loads(out.read_text())
    rows: Iterable[dict[str, Any]] = answer[_LISTS[name]] if name in _LISTS else [answer["totals"]]
    sums = [sum(row.get(key) or 0 for row in rows) for key in _TOTALS[name]]
    wanted = list(true) if len(sums) == len(true) else [true[0], true[1] + true[2], true[3]]
    if name == "tokscale":  # it may show reasoning beside the output
        beside = sum(row.get("reasoning") or 0 for row in rows)
        if abs(sum(sums) + beside - sum(wanted)) < abs(sum(sums) - sum(wanted)):
            sums[-1] += beside
    if sums == wanted:
        return "exact"
    if off := sum(sums) - sum(wanted):
        return f"{off / sum(wanted):+.3%}"
    # Kinds of tokens have different prices, so this is not exact.
    moved = sum(abs(ours - theirs) for ours, theirs in zip(sums, wanted, strict=True)) / 2
    return f"exact total, {moved / sum(wanted):.3%} in another kind"
