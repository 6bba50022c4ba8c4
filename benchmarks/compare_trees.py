"""Compare what two checkouts of burnbook do with the same inputs.

Each tree gets a fresh book, config, home and git repository, and runs every command of STEPS with
`--format json`. The samples and the config come from OLD. Keys, types and figures of the JSON,
exit codes, the rows of every journal and the cells of every ledger must be equal. Sentences may
differ: a text with a space in it is only listed with --sentences.

Example:
  benchmarks/compare_trees.py ../main .
  benchmarks/compare_trees.py ../main . --sentences --only usage
"""

import argparse
import base64
import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
REAL_TIME = {"recorded_at", "crc"}  # no flag sets these
TIME_DEPENDENT = re.compile(r"\.files\[\d+\]\.sha256|\.probes\[\d+\]\.said")  # computed from them
PROGRAM = {
    "crontab": '#!/bin/sh\ncase $1 in -l) cat "$HOME/tab";; -) cat >"$HOME/tab";; esac\n',
    "pane": '#!/bin/sh\nprintf "5h limit: 1%% used (resets 05:00 on 1 Jan 2900)\\n"\n',
}
GIT = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    **{f"GIT_{who}_NAME": "ada" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "ada@example.com" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_DATE": "2026-11-22T08:00:00Z" for who in ("AUTHOR", "COMMITTER")},
}


class Scratch(NamedTuple):
    """The folders of one tree's run."""

    tree: Path
    root: Path

    @property
    def book(self) -> Path:
        """The book that every step works on."""
        return self.root / "book"

    def environment(self) -> dict[str, str]:
        """Return the environment of every step: nothing of the caller's."""
        return {
            "PATH": f"{self.root}/programs:/usr/bin:/bin",
            "HOME": str(self.root / "home"),
            "TZ": "UTC",
            "BURNBOOK_DATA_DIR": str(self.book),
            "BURNBOOK_CONFIG_DIR": str(self.root / "config"),
            **GIT,
        }

    def neutral(self, text: str) -> str:
        """Replace the paths of this run by words that both runs share."""
        text = text.replace(str(self.root), "SCRATCH").replace(str(self.tree), "TREE")
        return re.sub(r"\b\d{8}T[\d.]{6,}Z", "TIME", text)


class Outcome(NamedTuple):
    """The result of one step: its exit code, its JSON (or CSV as lists), and its messages."""

    code: int
    value: Any
    messages: str


def main() -> int:
    """Run both trees, print the differences, and return 1 where there are any."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--sentences", action="store_true", help="list texts that differ too")
    parser.add_argument("--only", metavar="TEXT", help="report only steps that contain this text")
    args = parser.parse_args()
    old, new = args.old.resolve(), args.new.resolve()
    with tempfile.TemporaryDirectory(prefix="compare-") as folder:
        runs = []
        for name, tree in {"old": old, "new": new}.items():
            # The same folder twice: ids of rows depend on paths.
            scratch = prepare(Path(folder, "run"), tree, samples=old)
            outcomes = {step: run(scratch, step) for step in steps()}
            runs.append({**outcomes, **files(scratch)})
            scratch.root.rename(Path(folder, name))
    count = report(runs[0], runs[1], args)
    unused = {path.name for path in (old / "bin").iterdir() if path.name[0] not in "_."}
    unused -= {step.partition("bin/")[2].partition(" ")[0] for step in steps()}
    if unused:
        print(f"not run: {', '.join(sorted(unused))}")
    print(f"{count} differences in {len(runs[0])} steps and files")
    return 1 if count or unused else 0


def steps() -> list[str]:
    """Return every step, a shell command each; `|| true` because a step may fail on purpose."""
    lines = (HERE / "compare_steps.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def prepare(root: Path, tree: Path, samples: Path) -> Scratch:
    """Make the folders of a run. The salt of accounts is fixed, so that ids are equal."""
    for name in ("home", "programs", "repository"):
        (root / name).mkdir(parents=True)
    shutil.copytree(samples / "samples", root / "samples")
    shutil.copytree(samples / "samples" / "config", root / "config")
    shutil.copytree(samples / "config" / "feeds", root / "config" / "feeds", dirs_exist_ok=True)
    shutil.copytree(HERE.parent / "tests" / "fixtures", root / "fixtures")
    for name, text in {**CONFIG, "tab": "MAILTO=ada\n"}.items():
        path = root / ("home" if name == "tab" else "config") / name
        path.write_text(text.replace("ROOT", str(root)), "utf-8")
    for name, text in PROGRAM.items():
        (root / "programs" / name).write_text(text)
        (root / "programs" / name).chmod(0o755)
    scratch = Scratch(tree, root)
    scratch.book.mkdir(mode=0o700)
    (scratch.book / "account.salt").write_bytes(bytes(range(16)))
    (scratch.book / "account.salt").chmod(0o600)
    for command in ("init -q", "commit -q --allow-empty -m first"):
        subprocess.run(
            ["git", *command.split()],
            cwd=root / "repository",
            env=scratch.environment(),
            check=True,
        )
    return scratch


def run(scratch: Scratch, step: str) -> Outcome:
    """Run one step in the scratch folder."""
    command = step.replace("bin/", f"{shlex.quote(str(scratch.tree))}/bin/")
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=scratch.root,
        env=scratch.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    out, messages = scratch.neutral(done.stdout), scratch.neutral(done.stderr)
    return Outcome(done.returncode, _parsed(out), messages)


def _parsed(text: str) -> Any:
    _, _, last = f"\n{text}".rpartition("\n{\n")  # the demo shows its steps first
    try:
        return json.loads("{" + last if "\n{\n" in f"\n{text}" else text)
    except ValueError:
        return list(csv.reader(text.splitlines()))


def files(scratch: Scratch) -> dict[str, Outcome]:
    """Read what the run left on the disk: journals row by row, ledgers cell by cell."""
    contents = {}
    for path in sorted(scratch.root.rglob("*")):
        name = scratch.neutral(str(path.relative_to(scratch.root)))
        if path.suffix in (".jsonl", ".quarantine", ".csv") and not name.startswith(
            ("samples", "fixtures")
        ):
            lines = scratch.neutral(path.read_text("utf-8", "replace")).splitlines()
            rows = [_row(line) for line in lines] if path.suffix != ".csv" else csv.reader(lines)
            contents[name] = Outcome(0, list(rows), "")
    return contents


def _row(line: str) -> Any:
    try:
        row = json.loads(line)
    except ValueError:
        return line
    if isinstance(row, dict) and "base64" in row:
        row["base64"] = _row(base64.b64decode(row["base64"]).decode("utf-8", "replace"))
    return row


def report(old: dict[str, Outcome], new: dict[str, Outcome], args: argparse.Namespace) -> int:
    """Print the differences of each step and file; return how many there are."""
    count = 0
    for step in dict.fromkeys([*old, *new]):
        if args.only and args.only not in step:
            continue
        if step not in old or step not in new:
            lines, sentences = [f"only in the {'old' if step in old else 'new'} tree"], []
        else:
            lines = list(differences(old[step], new[step], sentences=False))
            sentences = list(differences(old[step], new[step], sentences=True))
        count += len(lines)
        shown = [*lines, *(sentences if args.sentences else [])]
        if shown:
            print(f"\n{step}")
            print("\n".join(f"  {line}" for line in shown))
    return count


def differences(old: Outcome, new: Outcome, *, sentences: bool) -> Iterator[str]:
    """Yield the figures that differ, or the sentences that differ."""
    if old.code != new.code and not sentences:
        yield f"exit code {old.code} -> {new.code}: {new.messages.strip()[-300:]}"
    if sentences and old.messages != new.messages:
        yield f"stderr: {old.messages.strip()!r} -> {new.messages.strip()!r}"
    for where, before, after in _walk(old.value, new.value, ""):
        if _sentence(before) and _sentence(after):
            if sentences:
                yield f"{where}: {before!r} -> {after!r}"
        elif not sentences:
            yield f"{where}: {before!r} -> {after!r}"


def _sentence(value: Any) -> bool:
    return isinstance(value, str) and " " in value.strip()


def _walk(old: Any, new: Any, where: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield path, old and new value of each difference."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*old, *new]):
            if key not in old or key not in new:
                side = "removed" if key in old else "added"
                yield f"{where}.{key}", *((side, None) if key in old else (None, side))
            elif key not in REAL_TIME:
                yield from _walk(old[key], new[key], f"{where}.{key}")
    elif isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            yield f"{where}[] length", len(old), len(new)
        for at, (before, after) in enumerate(zip(old, new, strict=False)):
            yield from _walk(before, after, f"{where}[{at}]")
    elif type(old) is not type(new) or (old != new and not TIME_DEPENDENT.fullmatch(where)):
        yield where, old, new


CONFIG = {
    "ledgers.toml": 'folder = "ROOT/docs/Ledgers"\nhandoff = "ROOT/docs/HANDOFF.md"\n',
    "bundle.toml": 'folder = "ROOT/docs/bundles"\n',
    "churn.toml": '[repositories]\napp = "ROOT/repository"\n',
    "agents.toml": '[agents.ada]\nprovider = "codex"\nalias = "o"\n'
    'capture = ["ROOT/programs/pane"]\n[agents.bo]\n'
    'provider = "claude"\nalias = "a"\n[agents.zoe]\nprovider = "glm"\n',
    "schedules.toml": '[jobs.x]\ncron = "@daily"\nrecipe = "check"\n'
    '[captures.x]\nargv = ["echo", "[1]"]\n',
    "budgets.toml": "[budgets.default]\ncapacity_tokens = 272_000\ntarget_tokens = 200_000\n"
    'warn = [0.70, 0.90, 1.00]\n[notify]\ncommand = ["true"]\nmeters = [0.2]\n',
    "windows.toml": 'timezone = "UTC"\n[windows.W0-CHN]\ntitle = "Automation pack"\n'
    'next = "W0-CHP"\n[windows.W0-CHP]\ntitle = "Provider bridges"\nnext = "W0-CHQ"\n'
    "[windows.W0-CHQ]\n",
}

if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
