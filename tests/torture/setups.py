"""Folders for a command that writes: a book, a config, pages, a repository and logs."""

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
PLAN = (
    *("new", "one", "--question", "Q", "--arm", "a", "--arm", "b", "--metric", "pass"),
    *("--effect", "90%", "--seed", "1"),
)
OLD_LEDGER = (
    b"date,session_id,task,tokens_planned,tokens_actual,delta,commits,lines_added,lines_deleted,"
    b'features_added,tests_added,notes\n2025-10-08,S1,"fix, then ""ship""",1,1,0,1,1,1,1,1,"a\nb"'
)
BUDGETS = """[budgets.default]
capacity_tokens = 90_000
target_tokens = 60_000
[notify]
meters = [0.2]
command = ["true", "{level}"]
"""


def environment(folder: Path) -> dict[str, str]:
    """The environment of cron, and the paths of the book and the config."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "BURNBOOK_DATA_DIR": str(folder / "book"),
        "BURNBOOK_CONFIG_DIR": str(folder / "config"),
    }


def run(
    command: Sequence[str],
    folder: Path,
    stdin: str = "",
    variables: Mapping[str, str] | None = None,
    limit: Callable[[], None] | None = None,
) -> Done:
    """Run a command through the front door to its end: nothing may hang.

    `limit` is called in the new process first, to take something away from it.
    """
    return subprocess.run(
        command,
        env=variables or environment(folder),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=HANG,
        check=False,
        cwd=ROOT,
        preexec_fn=limit,
    )


def ok(folder: Path, *words: str, stdin: str = "") -> str:
    """Run a script that must succeed, in a warm Python; give its stdout."""
    command = [str(ROOT / "bin" / words[0]), *words[1:]]
    done = warm().run(command, environment(folder), stdin)
    assert done.returncode == 0, done
    return done.stdout


def no_book(folder: Path) -> None:
    """Config, logs and a repository; no book yet."""
    config = folder / "config"
    config.mkdir()
    shutil.copytree(ROOT / "config" / "feeds", config / "feeds")
    (config / "windows.toml").write_text(
        'timezone = "UTC"\n[windows.W1]\nnext = "W2"\n[windows.W2]\n'
    )
    pages = f'folder = "{folder}/docs/Ledgers"\nhandoff = "{folder}/docs/HANDOFF.md"\n'
    (config / "ledgers.toml").write_text(pages)
    (config / "churn.toml").write_text(f'repositories = {{ app = "{folder}/app" }}\n')
    jobs = '[captures.one]\nargv = ["echo", "{}"]\n[jobs.look]\ncron = "@daily"\nrecipe = "check"\n'
    (config / "schedules.toml").write_text(jobs)
    pane = "5h limit: 1% used (resets 10:02)"
    (config / "agents.toml").write_text(
        f'[agents.main]\nprovider = "codex"\ncapture = ["echo", "{pane}"]\n'
    )
    (folder / "logs").mkdir()
    shutil.copy(ROOT / "samples" / "telemetry" / "usage.jsonl", folder / OWN_FILE)
    feed = config / "feeds" / "proxy-telemetry.toml"
    feed.write_text(feed.read_text().replace(f'"{OWN_FILE}"', f'"{folder}/{OWN_FILE}"'))
    with (folder / OWN_FILE).open("a") as file:
        file.write("no json\n")
    projects = folder / ".claude" / "projects" / "app"
    projects.mkdir(parents=True)
    shutil.copy(ROOT / "samples" / "agents" / "claude.jsonl", projects / "one.jsonl")
    app = folder / "app"
    git = ("git", "-c", "user.name=A", "-c", "user.email=a@example.com", "-C", str(app))
    subprocess.run(["git", "init", "-q", str(app)], check=True)
    for number in (1, 2):
        (app / "lib.py").write_text("line\n" * number)
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "-qm", str(number)], check=True)
    shutil.rmtree(app / ".git" / "hooks", ignore_errors=True)  # samples: nothing reads them
    (config / "budgets.toml").write_text(BUDGETS)
    (folder / "report.xml").write_text("<testsuite/>")


def one_before(folder: Path) -> None:
    """A BEFORE of window W1."""
    no_book(folder)
    ok(folder, "snapshot", "start", "codex", "--window", "W1", "--at", START, stdin=codex())


BLOCKS = '{"blocks": [{"isGap": false, "entries": %d}]}'


def open_prompts(folder: Path) -> None:
    """A window that counts prompts is open; the next one is known."""
    no_book(folder)
    words = ("snapshot", "start", "glm", "--window", "W1", "--at", START)
    ok(folder, *words, stdin=BLOCKS % 3)


def before_and_after(folder: Path) -> None:
    """A BEFORE and an AFTER of window W1."""
    one_before(folder)
    ok(folder, "snapshot", "end", "codex", "--at", END, stdin=codex(five=20, context=90))


def edited_pages(folder: Path) -> None:
    """Pages that people wrote in, and a checkpoint in both ledgers."""
    before_and_after(folder)
    ok(folder, "checkpoint", "W1", "--at", "2026-11-22T12:01")
    (folder / "docs" / "HANDOFF.md").write_text("# Mine\n")


def feed_read(folder: Path) -> None:
    """The feed's own file was read, and grew."""
    before_and_after(folder)
    ok(folder, "ingest", "proxy-telemetry")
    line = (folder / OWN_FILE).read_text().splitlines()[0]
    with (folder / OWN_FILE).open("a") as file:
        file.write(line.replace("checkout-flow", "login-form") + "\n")


def finalized_window(folder: Path) -> None:
    """A finalized window, and pages with what people wrote: other ends of lines, bytes, columns."""
    edited_pages(folder)
    ok(folder, "checkpoint", "W1", "--phase", "final", "--at", "2026-11-22T12:02")
    ok(folder, *FINAL, *RANGE)
    (folder / "docs" / "HANDOFF.md").write_bytes(
        b"# Mine\r\n\r\nabove \xff\r\n<!-- burnbook:begin -->old<!-- burnbook:end --> below"
    )
    (folder / "docs" / "Ledgers" / "Token_Churn_Ledger.csv").write_bytes(OLD_LEDGER)


def with_evidence(folder: Path) -> None:
    """A window with evidence, which a person's last line without an end follows in the ledger."""
    one_before(folder)
    words = (*SHOWN[:-1], "fail", "--artifact", f"{folder}/report.xml")
    ok(folder, "evidence", *words, "--at", END)
    with (folder / "docs" / "Ledgers" / "Acceptance_Evidence.csv").open("a") as ledger:
        ledger.write("W0,by hand,,,,,,")


def planned(folder: Path) -> None:
    """An experiment without a feature."""
    before_and_after(folder)
    ok(folder, "experiment", *PLAN, "--at", END)


def assigned(folder: Path) -> None:
    """An experiment with a feature, whose outcome is to be corrected."""
    planned(folder)
    ok(folder, "experiment", "assign", "one", "F-1", "--at", END)
    ok(folder, "experiment", "record", "one", "F-1", "--value", "fail", "--at", END)


def with_bundle(folder: Path) -> None:
    """A bundle exists, and the book has newer rows."""
    with_evidence(folder)
    ok(folder, "bundle", "W1")
    ok(folder, "snapshot", "end", "codex", "--at", END, stdin=codex(five=51))


def other_book(folder: Path) -> None:
    """Another book with a row in most journals, and no book here."""
    edited_pages(folder)
    ok(folder, "ingest", "proxy-telemetry", "--at", END)
    ok(folder, "ingest", "claude", "--at", END)
    ok(folder, "evidence", *SHOWN, "--artifact", f"{folder}/report.xml", "--at", END)
    ok(folder, *FINAL)
    (folder / "book").rename(folder / "other")


def two_books(folder: Path) -> None:
    """A book, and another one that has its rows, later ones, and another version of one."""
    other_book(folder)
    here, other = folder / "book", folder / "other"
    shutil.copytree(other, here, ignore=shutil.ignore_patterns("cache"))
    for name in ("windows", "proxy_telemetry", "evidence"):
        (here / f"{name}.jsonl").unlink()
    for name in ("snapshots", "agent_usage", "checkpoints"):
        path = here / f"{name}.jsonl"
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:1]))
    shutil.rmtree(here / "state")
    shutil.rmtree(here / "rejects")
    for pane in sorted((here / "raw").iterdir())[1:]:
        pane.unlink()
    ok(folder, "snapshot", "end", "codex", "--at", MID, stdin=codex(five=15))


def archived(folder: Path) -> None:
    """An archive of a book that is gone."""
    before_and_after(folder)
    ok(folder, "backup", f"{folder}/book.tar.zst", "--at", END)
    shutil.rmtree(folder / "book")


def forgettable(folder: Path) -> None:
    """A book that has a project in requests, notes, a refused line, a quarantine and copies."""
    before_and_after(folder)
    ok(folder, "ingest", "claude", "--at", END)
    ok(folder, "churn", "--window", "W1", *RANGE, "--notes", "in ~/api/lib", "--at", END)
    lines = f"{(folder / OWN_FILE).read_text()}no JSON in /home/ada/api\n"
    ok(folder, "ingest", "proxy-telemetry", "--at", END, stdin=lines)
    salt = folder / "book" / "account.salt"  # the pseudonyms depend on it
    salt.write_bytes(bytes(range(16)))
    salt.chmod(0o600)
    usage = folder / "book" / "agent_usage.jsonl"
    usage.write_bytes(usage.read_bytes() + usage.read_bytes().splitlines(keepends=True)[0])
    ok(folder, "repair", "--yes", "--at", END)
    with usage.open("ab") as journal:
        journal.write(b'{"id":"u-1","project":"~/api"')


def damaged_book(folder: Path) -> None:
    """Damaged rows, CRLF, a torn tail, a wrong state, ledger and mode, and a left-over file."""
    feed_read(folder)
    ok(folder, "checkpoint", "W1", "--at", "2026-11-22T12:01")
    book = folder / "book"
    _flip(book / "snapshots.jsonl", b":20.0", b":21.0")
    _flip(book / "proxy_telemetry.jsonl", b'"ok":true', b'"ok":tRue')
    path = book / "checkpoints.jsonl"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    with path.open("ab") as journal:
        journal.write(b'{"id":"c-torn')
    (book / "checkpoints.jsonl").chmod(0o640)
    (book / "state" / "main" / "codex.json").write_text("{}")
    (book / "state" / "main" / ".codex.json.4194305.tmp").write_text("{")


def with_quarantine(folder: Path) -> None:
    """Rows that hold and that a repair moved out: a BEFORE, and a request."""
    feed_read(folder)
    for name in ("snapshots", "proxy_telemetry"):
        path = folder / "book" / f"{name}.jsonl"
        first, *rest = path.read_bytes().splitlines(keepends=True)
        quarantine.keep(str(folder / "book"), name, [Kept("moved", 1, 0, id_of(first), first)])
        path.write_bytes(b"".join(rest))


def corrupt_row(folder: Path) -> None:
    """One corrupt row."""
    feed_read(folder)
    _flip(folder / "book" / "proxy_telemetry.jsonl", b'"ok":true', b'"ok":tRue')


def _flip(path: Path, old: bytes, new: bytes) -> None:
    data = path.read_bytes()
    assert old in data, path
    path.write_bytes(data.replace(old, new, 1))
