"""Every code point, through every command that prints: none is active on a terminal.

A text with a few hundred code points is put into every free text: notes, sources, tasks, titles,
names of models, lanes, projects and files. Then every command prints it, in every format.
BURNBOOK_SOAK=1 uses all 1,114,112 of them; else those known to be active, and their neighbors.
"""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hostile import READERS, acts, check_printed, formats
from inside import VERBS, Done, Inside, parser
from torture.both import both
from torture.figures import long, part, record

AT_ONCE = 1500
LAST = 0x110000
# Controls, bidi and zero width; variation selectors; surrogates, private use; specials; tags; end.
ACTS = [0, 0x600, 0x2000, 0xD7F0, 0xDC80, 0xFE00, 0xFFF0, 0x1D173, 0xE0000, 0x10FF00]
TRICKS = [
    "\x1b[2J\x1b[H",
    "\x1b]52;c;ZWNobyBoaQ==\x07",
    "\x1b]0;title\x1b\\",
    "\x9b31mred",
    "safe\rEVIL",
    "a\u202etxt.exe",
    "\u2066hidden\u2069",
    "x\b\b\by",
    "\x1bP+q544e\x1b\\",
    "line\u2028other\u2029end\x85",
]


def texts() -> Iterator[str]:
    """Texts with all code points that are wanted."""
    every = range(0, LAST, AT_ONCE)
    wanted = long(0, len(every))
    starts = every if wanted == len(every) else [*ACTS, *every[:wanted]]
    for start in starts:
        yield "".join(map(chr, range(start, min(start + AT_ONCE, LAST))))
    yield from TRICKS


def argument(text: str) -> str:
    """The part of a text that a command line can carry: no NUL, only byte surrogates."""
    return "".join(
        c for c in text if c != "\0" and not ("\ud800" <= c < "\udc80" or "\udd00" <= c <= "\udfff")
    )


def plain(text: str) -> str:
    """The part of a text that UTF-8 can encode."""
    return "".join(c for c in text if not "\ud800" <= c <= "\udfff")


def configured(text: str) -> str:
    """The part of a text that config accepts: 4,096 bytes without control characters."""
    shown = "".join(c for c in plain(text) if c >= " " and not "\x7f" <= c <= "\x9f")
    return shown.encode()[:4096].decode("utf-8", "ignore")


def book(inside: Inside, text: str) -> Iterator[tuple[str, object]]:
    """Put the text into every free text field; return what each command printed."""
    word, title = argument(text), json.dumps(configured(text), ensure_ascii=False)
    (inside.config / "windows.toml").write_text(
        f'timezone = "UTC"\n[windows.W0]\ntitle = {title}\nnext = "W1"\n[windows.W1]\n', "utf-8"
    )
    at = ("--at", "2026-11-22T10:00:00Z", "--window", "W0")
    later = ("--at", "2026-11-22T12:00:00Z")
    rows = [
        {
            "ts": "2026-11-22T11:00:00Z",
            "rid": f"r{n}",
            "lane": text,
            "model": text,
            "status": n,
            "input_tokens": 5,
            "output_tokens": 6,
            "reason": text,
            "latency_ms": 3,
        }
        for n in (200, 500)
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    short = text[:300]
    log = {
        "type": "assistant",
        "timestamp": "2026-11-22T11:00:00Z",
        "sessionId": short,
        "cwd": f"/{short}",
        "gitBranch": short,
        "requestId": "q",
        "message": {
            "id": "m",
            "role": "assistant",
            "model": short,
            "usage": {"input_tokens": 1, "output_tokens": 2},
        },
    }
    folder = inside.home / ".claude" / "projects" / "p"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "s.jsonl").write_text(json.dumps(log) + "\n")
    name = plain(text).replace("/", "").replace("\0", "")[:60].strip(".") or "x"
    artifact = inside.folder / "here" / f"f{name}"
    artifact.write_text("")
    for words in (
        ("snapshot", "start", "codex", "--set", "5h=11", "--notes", word, "--source", word, *at),
        ("snapshot", "end", "codex", "--set", f"m{word[:50]}=12", "--window", "W0", *later),
        ("checkpoint", "W0", "--plan", "5", "--task", word, "--notes", word, *later),
        (
            "evidence",
            "--window",
            "W0",
            "--capability",
            "C1",
            "--run",
            "R1",
            "--runner",
            word[:200],
            "--result",
            "pass",
            "--artifact",
            str(artifact),
            "--notes",
            word,
            *later,
        ),
        ("ingest", "proxy-telemetry", "--window", "W0", *later),
        ("ingest", "claude", *later),
        (
            "finalize",
            "--window",
            "W0",
            "--features",
            "codex=1",
            "--quality",
            "3",
            "--methodology",
            word,
            "--notes",
            word,
            *later,
        ),
        ("undo", "codex", "--notes", word, *later),
    ):
        stdin = lines if words[1] == "proxy-telemetry" else b""
        yield words, inside.run(*words, stdin=stdin)


class Looked(NamedTuple):
    """The result of one text: runs that booked it, printed characters, active ones."""

    booked: int
    printed: int
    shown: list[str]


def looked(inside: Inside, text: str) -> Looked:
    """Book a text, and print it with every command."""
    booked, printed, shown = 0, 0, []
    for words, done in book(inside, text):
        shown += acting(words, done)
        booked += done.code == 0
    for words in READERS:
        for form in formats(words[0]):
            run = inside.run(*words, *form, "--at", "2026-11-22T13:00:00Z")
            shown += acting(words, run)
            printed += len(run.out)
            if form == ("--format", "json") and run.out:
                json.loads(run.out)
    for page in inside.docs.rglob("*"):
        if page.is_file() and page.suffix in (".csv", ".md"):
            shown += [f"{page.name}: {c!a}" for c in sorted(acts(page.read_text("utf-8")))]
    shutil.rmtree(inside.folder)
    return Looked(booked, printed, shown)


def acting(words: object, done: Done) -> list[str]:
    """The active characters in a run's output; fails if the run shows a bug."""
    assert done.code in (0, 1, 2, 65, 66, 74, 78), (words, done)
    return [f"{words}: {c!a}" for c in sorted(acts(done.out + done.err))]


def test_no_command_prints_a_dangerous_code_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda handle: None)  # no power is cut here
    every = list(texts())
    runs = both(lambda at: looked(Inside(tmp_path / str(at)), every[at]), len(every))
    shown = [what for run in runs for what in run.shown]
    print(*shown[:50], sep="\n")
    booked, printed = sum(run.booked for run in runs), sum(run.printed for run in runs)
    assert booked > 4 * len(runs)  # most is taken, and then shown
    assert printed > 1000 * len(runs)
    points = len(set().union(*every))
    record(
        "Nothing unprintable reaches the terminal, whatever text was booked",
        "test_no_command_prints_a_dangerous_code_point",
        f"{len(shown)} shown of {points:,} code points and {len(TRICKS)} tricks (escapes, OSC 52, "
        f"bidi, CR) through {len(READERS) + 8} commands in every format, {printed:,} characters",
        "0 shown",
        not shown,
    )


def test_no_code_point_in_a_command_line_reaches_the_terminal(tmp_path: Path) -> None:
    shown, lines = [], 0
    wide = "".join(map(chr, (*range(1, 0x180), 0xDC9B, 0x202E, 0x1F600)))
    wanted = [*TRICKS, wide] if part() else [TRICKS[1], TRICKS[4], wide]
    for name in VERBS:
        if name in ("demo", "timer"):  # these run something before they look
            continue
        inside = Inside(tmp_path / name)
        valued = [a for a in parser(name)._actions if a.option_strings and a.nargs != 0]
        flags = [a.option_strings[-1] for a in valued]
        for text in wanted:
            for words in ([text], *([flag, text] for flag in flags if flag != "--data-dir")):
                shown += acting([name, *words], inside.run(name, *words))
                lines += 1
    print(*shown[:50], sep="\n")
    record(
        "Nothing unprintable of a command line reaches the terminal",
        "test_no_code_point_in_a_command_line_reaches_the_terminal",
        f"{len(shown)} shown in {lines:,} command lines of {len(VERBS) - 2} commands",
        "0 shown",
        not shown,
    )


@pytest.mark.parametrize("trick", TRICKS[:2])
def test_no_trick_passes_the_front_door(shell, trick: str) -> None:
    shell.ok("snapshot", "start", "codex", "--set", "5h=1", "--notes", trick, "--window", "W0-CHN")
    for form in ("text", "markdown", "json"):
        done = shell.run("preview", "--format", form)
        check_printed("preview", done.stdout + done.stderr)
    done = shell.run("preview", "--window", trick)
    assert done.returncode == 2
    check_printed("preview", done.stderr)


def test_bytes_that_are_not_text_are_one_sentence(shell) -> None:
    bad = os.fsdecode(b"a\xff\x9bb")
    for words in (("snapshot", "start", "codex", "--set", "5h=1", "--notes", bad), ("undo", bad)):
        done = shell.run(*words)
        assert done.returncode in (0, 2), done
        check_printed(words[0], done.stdout + done.stderr)
