"""Make a home folder with the logs of sixteen agents, and the true sums beside it.

    python -m all_agents.make HOME [--requests N] [--seed N]

HOME.truth.json has for each feed and model: requests, and tokens by kind, which do not overlap. The
shapes are those that the agents' own sources and other readers of them publish.
"""

import argparse
import json
from pathlib import Path

from all_agents import databases, documents, line_logs
from all_agents.invented import KINDS, Home

Truth = dict[str, dict[str, list[int]]]

MAKERS = (
    *(line_logs.claude, line_logs.codex, line_logs.gemini, line_logs.qwen, line_logs.pi),
    *(line_logs.kimi, line_logs.aider, documents.cline, documents.cline_cli, documents.droid),
    *(documents.amp, documents.cursor, databases.opencode, databases.copilot, databases.goose),
    *(databases.crush, databases.zed),
)


def make(folder: Path, count: int, seed: int = 1) -> Truth:
    """Write every agent's logs, `count` requests in each; returns [requests, *KINDS] by model."""
    home = Home(folder, count, seed)
    for maker in MAKERS:
        maker(home)
    return home.truth


def main() -> None:
    """Make the folder that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--requests", type=int, default=20, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    truth = make(args.home, args.requests, args.seed)
    beside = args.home.with_name(f"{args.home.name}.truth.json")
    beside.write_text(json.dumps({"kinds": ["requests", *KINDS], "feeds": truth}, indent=1))


if __name__ == "__main__":
    main()
