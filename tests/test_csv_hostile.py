"""No cell of any CSV that burnbook writes is a formula, whatever the text was."""

import csv
import io
from pathlib import Path

from inside import Inside
from torture.figures import record

FORMULAS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.com","x")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\u00a0=1+1",
    "\u3000=1+1",
    "\ufeff=1+1",
    "\uff1d1+1",
    "\uff0b1",
    "\u200b=1",
    '"=1+1',
    ";=1+1",
]
WIDE = str.maketrans("\uff1d\uff0b\uff0d\uff20", "=+-@")


def runs(cell: str) -> bool:
    """Whether a spreadsheet might run a cell: numbers and cells with a `'` first are safe."""
    try:
        float(cell)
        return False
    except ValueError:
        bare = cell.translate(WIDE).lstrip(" \t\r\n\u00a0\u3000\ufeff\u200b\v\f")
        return bare[:1] in ("=", "+", "-", "@")


def cells(text: str) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]


def test_no_text_becomes_a_formula(tmp_path: Path) -> None:
    texts = [cell for n, f in enumerate(FORMULAS) for cell in written(Inside(tmp_path / f"{n}"), f)]
    wrong = [cell for cell in texts if runs(cell)]
    print(*map(ascii, wrong), sep="\n")
    record(
        "No cell of a ledger or a CSV report is a formula",
        "test_no_text_becomes_a_formula",
        f"{len(wrong)} of {len(texts):,} cells, with {len(FORMULAS)} formulas in every text column",
        "0 formulas",
        not wrong,
    )


def written(inside: Inside, formula: str) -> list[str]:
    """Every cell of the ledgers and reports of a book with the formula wherever text may be."""
    at, window = ("--at", "2026-11-22T10:00:00Z"), ("--window", "W0-CHN")
    later = ("--at", "2026-11-22T12:00:00Z")
    row = (
        '{"ts":"2026-11-22T11:00:00Z","rid":%s,"lane":%s,"model":%s,"status":200,'
        '"input_tokens":5,"output_tokens":6,"reason":"x","latency_ms":3}\n'
    )
    quoted = '"' + "".join(f"\\u{ord(c):04x}" for c in formula) + '"'
    lines = (row % ((quoted,) * 3)).encode() + (row % (quoted, '"glm"', quoted)).encode()
    log = (
        '{"type":"assistant","timestamp":"2026-11-22T11:00:00Z","sessionId":%s,"cwd":%s,'
        '"requestId":"q","message":{"id":"m","role":"assistant","model":%s,'
        '"usage":{"input_tokens":1,"output_tokens":2}}}\n'
    )
    folder = inside.home / ".claude" / "projects" / "p"
    folder.mkdir(parents=True)
    (folder / "s.jsonl").write_text(log % ((quoted,) * 3))
    artifact = inside.folder / "here" / formula.replace("/", "")
    artifact.write_text("x")
    for words in (
        ("snapshot", "start", "codex", "--set", "5h=1", "--notes", formula, *window, *at),
        ("snapshot", "end", "codex", "--set", "5h=2", "--notes", formula, *window, *later),
        (
            *("finalize", *window, "--features", "codex=1", "--quality", "3"),
            *("--methodology", formula, "--notes", formula, *later),
        ),
        ("checkpoint", "W0-CHN", "--plan=5", f"--task={formula}", f"--notes={formula}", *later),
        (
            *("evidence", *window, "--capability", "C", "--run", "R", f"--runner={formula}"),
            *("--result", "pass", f"--artifact={artifact.name}", f"--notes={formula}", *later),
        ),
        ("ingest", "proxy-telemetry", *window),
        ("ingest", "claude"),
    ):
        words = tuple(f"{w}" for w in words)
        if words[0] in ("snapshot", "finalize"):
            words = joined(words)
        inside.run(*words, stdin=lines if words[1] == "proxy-telemetry" else b"")
    printed = [
        inside.run(*words, "--format", "csv").out
        for words in (
            ("cost-compare", *window),
            ("scoreboard",),
            *(("usage", kind) for kind in ("daily", "session", "blocks")),
        )
    ]
    ledgers = sorted((inside.docs / "Ledgers").glob("*.csv"))
    printed += [page.read_text("utf-8") for page in ledgers]
    all_cells = [cell for text in printed for cell in cells(text)]
    # The formula reached the ledgers and reports, so the test covered active cells.
    tail = formula.strip(" \t\r\n\u00a0\u3000\ufeff\u200b")[-3:]
    assert len(ledgers) >= 2
    assert sum(any(tail in cell for cell in cells(text)) for text in printed) >= 3
    return all_cells


def joined(words: tuple[str, ...]) -> tuple[str, ...]:
    """`--flag=value` for each flag with its value: a value may begin with a dash."""
    out: list[str] = []
    for word in words:
        if out and out[-1] in ("--notes", "--methodology"):
            out[-1] += f"={word}"
        else:
            out.append(word)
    return tuple(out)
