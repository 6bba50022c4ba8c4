"""Places for a command that writes: a book, a config, pages, a repository and logs of its own."""

import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from burnbook.book import quarantine
from burnbook.book.quarantine import Kept, id_of
from conftest import codex
from frontdoor import ROOT

from torture.warm import HANG, Done, warm

START, MID, END = "2026-11-22T09:00", "2026-11-22T11:00", "2026-11-22T12:00"
OWN_FILE = "logs/usage.jsonl"
FINAL = (*("finalize", "--window", "W1", "--features", "codex=2", "--outcome", "pass"), "--at", END)
RANGE = ("--commit-start", "HEAD~1", "--commit-end", "HEAD")
SHOWN = ("--window", "W1", "--capability", "c", "--run", "r", "--runner", "x", "--result", "pass")
OLD_LEDGER = (
    b"date,session_id,task,tokens_planned,tokens_actual,delta,commits,lines_added,lines_deleted,"
    b'features_added,tests_added,notes\n2025-10-08,S1,"fix, then ""ship""",1,1,0,1,1,1,1,1,"a\nb"'
)
BUDGETS = """[budgets.default]
capacity_tokens = 90_000
target_tokens = 60_000
[notify]
command = ["true", "{level}"]
"""


def environment(place: Path) -> dict[str, str]:
    """What cron gives, and where the book and the config are."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(place),
        "BURNBOOK_DATA_DIR": str(place / "book"),
        "BURNBOOK_CONFIG_DIR": str(place / "config"),
    }


def run(
    command: Sequence[str],
    place: Path,
    stdin: str = "",
    variables: Mapping[str, str] | None = None,
    limit: Callable[[], None] | None = None,
) -> Done:
    """Run a command through the front door to its end: nothing may hang.

    `limit` is called in the new process first, to take something away from it.
    """
    return subprocess.run(
        command,
        env=variables or environment(place),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=HANG,
        check=False,
        cwd=ROOT,
        preexec_fn=limit,
    )


def ok(place: Path, *words: str, stdin: str = "") -> str:
    """Run a script that must succeed, in a warm Python; give its stdout."""
    command = [str(ROOT / "bin" / words[0]), *words[1:]]
    done = warm().run(command, environment(place), stdin)
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
    jobs = '[captures.one]\nargv = ["echo", "{}"]\n[jobs.look]\ncron = "@daily"\nrecipe = "check"\n'
    (config / "schedules.toml").write_text(jobs)
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
    shutil.rmtree(app / ".git" / "hooks", ignore_errors=True)  # samples: nothing reads them
    (config / "budgets.toml").write_text(BUDGETS)
    (place / "report.xml").write_text("<testsuite/>")


def begun(place: Path) -> None:
    """A BEFORE of window W1."""
    bare(place)
    ok(place, "snapshot", "start", "codex", "--window", "W1", "--at", START, stdin=codex())


BLOCKS = '{"blocks": [{"isGap": false, "entries": %d}]}'


def counted(place: Path) -> None:
    """A window that counts prompts is open; the next one is known."""
    bare(place)
    words = ("snapshot", "start", "glm", "--window", "W1", "--at", START)
    ok(place, *words, stdin=BLOCKS % 3)


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


def handed(place: Path) -> None:
    """A finalized window, and pages with what people wrote: other ends of lines, bytes, columns."""
    paged(place)
    ok(place, "checkpoint", "W1", "--phase", "final", "--at", "2026-11-22T12:02")
    ok(place, *FINAL, *RANGE)
    (place / "docs" / "HANDOFF.md").write_bytes(
        b"# Mine\r\n\r\nabove \xff\r\n<!-- burnbook:begin -->old<!-- burnbook:end --> below"
    )
    (place / "docs" / "Ledgers" / "Token_Churn_Ledger.csv").write_bytes(OLD_LEDGER)


def reviewed(place: Path) -> None:
    """A window with evidence, which a person's last line without an end follows in the ledger."""
    begun(place)
    words = (*SHOWN[:-1], "fail", "--artifact", f"{place}/report.xml")
    ok(place, "evidence", *words, "--at", END)
    with (place / "docs" / "Ledgers" / "Acceptance_Evidence.csv").open("a") as ledger:
        ledger.write("W0,by hand,,,,,,")


def bundled(place: Path) -> None:
    """A bundle is there, and the book has moved on."""
    reviewed(place)
    ok(place, "bundle", "W1")
    ok(place, "snapshot", "end", "codex", "--at", END, stdin=codex(five=51))


def damaged(place: Path) -> None:
    """Damaged rows, CRLF, a torn tail, a wrong state, ledger and mode, and a left-over file."""
    read(place)
    ok(place, "checkpoint", "W1", "--at", "2026-11-22T12:01")
    book = place / "book"
    _flip(book / "snapshots.jsonl", b":20.0", b":21.0")
    _flip(book / "proxy_telemetry.jsonl", b'"ok":true', b'"ok":tRue')
    path = book / "checkpoints.jsonl"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    with path.open("ab") as journal:
        journal.write(b'{"id":"c-torn')
    (book / "checkpoints.jsonl").chmod(0o640)
    (book / "state" / "main" / "codex.json").write_text("{}")
    (book / "state" / "main" / ".codex.json.4194305.tmp").write_text("{")


def quarantined(place: Path) -> None:
    """Rows that hold and that a repair moved out: a BEFORE, and a request."""
    read(place)
    for name in ("snapshots", "proxy_telemetry"):
        path = place / "book" / f"{name}.jsonl"
        first, *rest = path.read_bytes().splitlines(keepends=True)
        quarantine.keep(str(place / "book"), name, [Kept("moved", 1, 0, id_of(first), first)])
        path.write_bytes(b"".join(rest))


def flipped(place: Path) -> None:
    """One row that does not hold."""
    read(place)
    _flip(place / "book" / "proxy_telemetry.jsonl", b'"ok":true', b'"ok":tRue')


def _flip(path: Path, old: bytes, new: bytes) -> None:
    data = path.read_bytes()
    assert old in data, path
    path.write_bytes(data.replace(old, new, 1))
