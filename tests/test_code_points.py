"""Every code point, through every command that prints: nothing of it acts on a terminal.

A text with some hundred code points stands wherever free text may: notes, sources, tasks, titles,
names of models, lanes, projects and files. Then every command prints it, in every format.
BURNBOOK_SOAK=1 takes all 1,114,112 of them; else those that are known to act, and their neighbours.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile import READERS, clean, formats, said
from inside import VERBS, Inside, parser
from torture.figures import long, record

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
    """What of a text a command line can carry: no NUL, and of the surrogates those for bytes."""
    return "".join(
        c for c in text if c != "\0" and not ("\ud800" <= c < "\udc80" or "\udd00" <= c <= "\udfff")
    )


def plain(text: str) -> str:
    """What of a text UTF-8 can carry."""
    return "".join(c for c in text if not "\ud800" <= c <= "\udfff")


def book(inside: Inside, text: str) -> Iterator[tuple[str, object]]:
    """Put the text wherever text may be; what each command said."""
    word, title = argument(text), json.dumps(plain(text), ensure_ascii=False)
    title = title.replace("\x7f", "\\u007f")
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
    artifact = inside.place / "here" / f"f{name}"
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


def test_no_code_point_reaches_the_terminal_whatever_prints_it(tmp_path: Path) -> None:
    printed = seen = booked = 0
    for number, text in enumerate(texts()):
        seen += len(text)
        inside = Inside(tmp_path / str(number))
        for words, done in book(inside, text):
            clean(words, done)
            booked += done.code == 0
        for words in READERS:
            for form in formats(words[0]):
                run = inside.run(*words, *form, "--at", "2026-11-22T13:00:00Z")
                clean(words, run)
                printed += len(run.out)
                if form == ("--format", "json") and run.out:
                    json.loads(run.out)
        for page in inside.docs.rglob("*"):
            if page.is_file() and page.suffix in (".csv", ".md"):
                said(page, page.read_text("utf-8"))
    assert booked > 4 * (number + 1)  # most is taken, and then shown
    assert printed > 1000 * (number + 1)
    record(
        "nothing unprintable reaches the terminal",
        "tests/test_code_points.py",
        f"{seen:,} code points through {len(READERS) + 8} commands, 0 shown",
        "0 shown",
        True,
    )


@pytest.mark.parametrize("name", VERBS)
def test_no_code_point_in_a_command_line_reaches_the_terminal(name: str, tmp_path: Path) -> None:
    inside = Inside(tmp_path / "x")
    valued = [a for a in parser(name)._actions if a.option_strings and a.nargs != 0]
    flags = [a.option_strings[-1] for a in valued]
    for text in [*TRICKS, "".join(map(chr, (*range(1, 0x180), 0xDC9B, 0x202E, 0x1F600)))]:
        for words in ([text], *([flag, text] for flag in flags if flag != "--data-dir")):
            if name not in ("demo", "timer"):  # these run something before they look
                clean([name, *words], inside.run(name, *words))


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_passes_the_front_door(shell, trick: str) -> None:
    shell.ok("snapshot", "start", "codex", "--set", "5h=1", "--notes", trick, "--window", "W0-CHN")
    for form in ("text", "markdown", "json"):
        done = shell.run("preview", "--format", form)
        said("preview", done.stdout + done.stderr)
    done = shell.run("preview", "--window", trick)
    assert done.returncode == 2
    said("preview", done.stderr)


def test_bytes_that_are_no_text_are_told_in_one_sentence(shell) -> None:
    bad = os.fsdecode(b"a\xff\x9bb")
    for words in (("snapshot", "start", "codex", "--set", "5h=1", "--notes", bad), ("undo", bad)):
        done = shell.run(*words)
        assert done.returncode in (0, 2), done
        said(words[0], done.stdout + done.stderr)
