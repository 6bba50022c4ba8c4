"""Every command that writes, ready to be broken: a new one is one entry of WRITERS.

A place is a folder with a book, a config, pages, a repository and logs of its own. `facts` tells
what stands in it besides when it was written, so that two places can be compared.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from conftest import codex
from frontdoor import ROOT

from torture.figures import part

START, MID, END = "2026-11-22T09:00", "2026-11-22T11:00", "2026-11-22T12:00"
OWN_FILE = "logs/usage.jsonl"
HANG = 60  # seconds: far over the bounded wait for a lock, also on a busy machine
Done = subprocess.CompletedProcess[str]


class Writer(NamedTuple):
    """A call of a script of bin/ in a place: `{place}` in its words is the place's path."""

    name: str
    words: tuple[str, ...]
    set_up: Callable[[Path], None]
    stdin: str = ""
    code: int = 0
    batches: int = 1  # how many times it appends: with one, a failure leaves all as it was
    apart: tuple[str, ...] = ()  # what a second run cannot bring back

    spent: int = 0  # the code of a run that finds nothing left to do

    def command(self, place: Path) -> list[str]:
        """The argv."""
        script, *words = self.words
        return [str(ROOT / "bin" / script), *(word.format(place=place) for word in words)]


def environment(place: Path) -> dict[str, str]:
    """What cron gives, and where the book and the config are."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(place),
        "BURNBOOK_DATA_DIR": str(place / "book"),
        "BURNBOOK_CONFIG_DIR": str(place / "config"),
    }


def run(
    command: Sequence[str], place: Path, stdin: str = "", variables: Mapping[str, str] | None = None
) -> Done:
    """Run a command to its end: nothing may hang."""
    return subprocess.run(
        command,
        env=variables or environment(place),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=HANG,
        check=False,
        cwd=ROOT,
    )


def ok(place: Path, *words: str, stdin: str = "") -> str:
    """Run a script that must succeed; give its stdout."""
    done = run([str(ROOT / "bin" / words[0]), *words[1:]], place, stdin)
    assert done.returncode == 0, done
    return done.stdout


def bare(place: Path) -> None:
    """Config, logs and a repository; no book yet."""
    config = place / "config"
    config.mkdir()
    shutil.copytree(ROOT / "config" / "feeds", config / "feeds")
    (config / "windows.toml").write_text(
        'timezone = "UTC"\n[windows.W1]\nnext = "W2"\n[windows.W2]\n'
    )
    pages = f'folder = "{place}/docs/Ledgers"\nhandoff = "{place}/docs/HANDOFF.md"\n'
    (config / "ledgers.toml").write_text(pages)
    (config / "churn.toml").write_text(f'repositories = {{ app = "{place}/app" }}\n')
    (config / "schedules.toml").write_text('[captures.one]\nargv = ["echo", "{}"]\n')
    pane = "5h limit: 1% used (resets 10:02)"
    (config / "agents.toml").write_text(
        f'[agents.main]\nprovider = "codex"\ncapture = ["echo", "{pane}"]\n'
    )
    (place / "logs").mkdir()
    shutil.copy(ROOT / "samples" / "telemetry" / "usage.jsonl", place / OWN_FILE)
    feed = config / "feeds" / "proxy-telemetry.toml"
    feed.write_text(feed.read_text().replace(f'"{OWN_FILE}"', f'"{place}/{OWN_FILE}"'))
    with (place / OWN_FILE).open("a") as file:
        file.write("no json\n")
    projects = place / ".claude" / "projects" / "app"
    projects.mkdir(parents=True)
    shutil.copy(ROOT / "samples" / "agents" / "claude.jsonl", projects / "one.jsonl")
    app = place / "app"
    git = ("git", "-c", "user.name=A", "-c", "user.email=a@example.com", "-C", str(app))
    subprocess.run(["git", "init", "-q", str(app)], check=True)
    for number in (1, 2):
        (app / "lib.py").write_text("line\n" * number)
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "-qm", str(number)], check=True)
    (place / "report.xml").write_text("<testsuite/>")


def begun(place: Path) -> None:
    """A BEFORE of window W1."""
    bare(place)
    ok(place, "snapshot", "start", "codex", "--window", "W1", "--at", START, stdin=codex())


def ended(place: Path) -> None:
    """A BEFORE and an AFTER of window W1."""
    begun(place)
    ok(place, "snapshot", "end", "codex", "--at", END, stdin=codex(five=20, context=90))


def paged(place: Path) -> None:
    """Pages that people wrote in, and a checkpoint in both ledgers."""
    ended(place)
    ok(place, "checkpoint", "W1", "--at", "2026-11-22T12:01")
    (place / "docs" / "HANDOFF.md").write_text("# Mine\n")


def read(place: Path) -> None:
    """The feed's own file was read, and grew."""
    ended(place)
    ok(place, "ingest", "proxy-telemetry")
    line = (place / OWN_FILE).read_text().splitlines()[0]
    with (place / OWN_FILE).open("a") as file:
        file.write(line.replace("checkout-flow", "login-form") + "\n")


FINAL = (*("finalize", "--window", "W1", "--features", "codex=2", "--outcome", "pass"), "--at", END)
RANGE = ("--commit-start", "HEAD~1", "--commit-end", "HEAD")
SHOWN = ("--window", "W1", "--capability", "c", "--run", "r", "--runner", "x", "--result", "pass")
# A pane is captured once: one that was booked and then not kept is not shown again.
RAW = ("book/raw/",)
WRITERS = (
    Writer("first", ("snapshot", "start", "codex", "--window", "W1", "--at", START), bare, codex()),
    Writer("end", ("snapshot", "end", "codex", "--at", END), begun, codex(five=20)),
    Writer(
        "cross",
        ("snapshot", "cross", "codex", "--window", "W1", "--at", END),
        begun,
        codex(five=20),
    ),
    Writer("undo", ("undo", "codex", "--phase", "after", "--at", END), ended, spent=66),
    Writer("finalize", FINAL, ended),
    Writer("checkpoint", ("checkpoint", "W1", "--at", "2026-11-22T12:05"), paged, batches=2),
    Writer("ingest", ("ingest", "proxy-telemetry", "--at", END), ended, batches=2),
    Writer("ingest more", ("ingest", "proxy-telemetry", "--at", END), read, batches=2),
    Writer("ingest claude", ("ingest", "claude", "--at", END), ended, batches=2),
    Writer("reset", ("reset", "--at", "2026-11-23T08:00"), begun, batches=2, apart=RAW),
    Writer("churn", ("churn", "--window", "W1", *RANGE, "--at", END), ended),
    Writer(
        "evidence", ("evidence", *SHOWN, "--artifact", "{place}/report.xml", "--at", END), ended
    ),
    Writer("capture", ("capture", "one", "--at", END), bare),
)


def chosen(first: int) -> tuple[Writer, ...]:
    """Every writer in a soak; in the suite every fourth, from `first` on."""
    return WRITERS if part() else WRITERS[first::4]


def journals(place: Path) -> dict[str, bytes]:
    """Every journal, to the byte; one without a row is none."""
    found = {str(p.relative_to(place)): p.read_bytes() for p in (place / "book").rglob("*.jsonl")}
    return {name: data for name, data in sorted(found.items()) if data}


def rows(place: Path) -> dict[str, list[Any]]:
    """Every row of every journal without its stamps of this run; each id stands once."""
    found = {}
    for name, data in journals(place).items():
        told = [json.loads(line) for line in data.splitlines()]
        ids = [row["id"] for row in told]
        assert len(ids) == len(set(ids)), name
        kept = [row for row in told if row.get("kind") != "torn-tail"]
        found[name] = sorted((_unstamped(row) for row in kept), key=lambda row: str(row["id"]))
    return {name: some for name, some in found.items() if some}


def facts(place: Path) -> dict[str, Any]:
    """Rows, pages, state: all that must be the same however often a command was stopped."""
    ok(place, "check")
    found: dict[str, Any] = dict(rows(place))
    for path in sorted(path for path in place.rglob("*") if path.is_file()):
        name = str(path.relative_to(place))
        apart = name.startswith(("app/", "book/cache/", "book/.lock")) or name.endswith(".tmp")
        if not apart and path.suffix != ".jsonl" and ".jsonl.broken" not in name:
            found[name] = path.read_bytes()
    return found


def _unstamped(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in ("recorded_at", "crc")}
