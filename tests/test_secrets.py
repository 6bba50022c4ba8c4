"""Secrets of 20 kinds, 500 in the soak, in all that burnbook reads: none in what it keeps."""

import json
import random
import string
from pathlib import Path

from frontdoor import ROOT
from inside import Inside
from torture.figures import long, record

MANY = long(100, 500)
WORDS = string.ascii_letters + string.digits
# Parts of a prefix are joined here, so that no scanner takes this page for a leak.
KINDS = [
    *(
        "sk-" + "ant-api03-",
        "sk-" + "proj-",
        "sk-" + "or-v1-",
        "gh" + "p_",
        "gh" + "o_",
        "gh" + "s_",
    ),
    *(
        "github" + "_pat_",
        "gl" + "pat-",
        "xox" + "b-",
        "AI" + "za",
        "ya" + "29.",
        "hf" + "_",
        "gsk" + "_",
    ),
    *("npm" + "_", "pypi" + "-", "xai" + "-", "sk" + "_live_", "password=", "Bearer ", "mail"),
]
PANE = (ROOT / "samples" / "panes" / "codex-before.txt").read_text("utf-8")
AT = ("--at", "2026-11-22T10:00:00Z")


def secrets() -> list[tuple[str, str]]:
    """The secrets as they are written, and the part of each that is secret."""
    dice = random.Random(6)
    generated = []
    for number in range(MANY):
        kind = KINDS[number % len(KINDS)]
        body = "".join(dice.choices(WORDS, k=36)) + str(dice.randrange(10))
        if kind == "mail":
            body = f"{body[:20].lower()}x9@mail{number}.example.com"
            kind = ""
        generated.append((f"{kind}{body}", body))
    return generated


def painted(text: str, dice: random.Random) -> str:
    """The same on a terminal, with colours changed on the way."""
    return "".join(
        c + (dice.choice(("\x1b[31m", "\x1b[0m", "\x1b]0;t\x07")) if dice.random() < 0.1 else "")
        for c in text
    )


def wrapped(text: str, width: int, *, framed: bool) -> str:
    lines = [text[at : at + width] for at in range(0, len(text), width)]
    if not framed:
        return "\n".join(lines) + "\n"
    return "".join(f"│ {line.ljust(width)} │\n" for line in lines)


def test_no_secret_is_kept(tmp_path: Path) -> None:
    dice, inside = random.Random(7), Inside(tmp_path / "x")
    every = secrets()
    shares = [every[at::5] for at in range(5)]
    for number, (text, _) in enumerate(shares[0]):
        # In a pane: broken at the edge, in a frame, in colours.
        width = dice.randrange(40, 100)
        line = "x" * dice.randrange(width) + " key " + text + " and " + "the end of it " * 3
        pane = wrapped(line, width, framed=number % 2 == 0) + PANE
        if number % 3 == 0:
            pane = painted(line, dice) + "\n" + PANE
        at = ("--at", f"2026-11-22T{10 + number // 60}:{number % 60:02}:00Z", "--force")
        done = inside.run(
            "snapshot", "start", "codex", "--window", f"W{number}", *at, stdin=pane.encode()
        )
        assert done.code == 0, done
    rows, bad = [], []
    for number, (text, _) in enumerate(shares[1]):
        shown = painted(text, dice) if number % 2 else text
        row = {
            "ts": "2026-11-22T09:00:00Z",
            "rid": f"r{number} {shown}",
            "lane": "glm",
            "model": shown,
            "status": 200,
            "input_tokens": 1,
            "output_tokens": 1,
            "reason": shown,
            "latency_ms": 1,
        }
        rows.append(json.dumps(row))
        bad.append(json.dumps(row | {"status": {"no": shown}, "x": "y" * dice.randrange(600)}))
        bad.append(f"no json {shown}")
    lines = "\n".join([*rows, *bad, ""]).encode()
    assert inside.run("ingest", "proxy-telemetry", "--window", "W0", stdin=lines).code == 0
    logs = inside.home / ".claude" / "projects" / "p"
    logs.mkdir(parents=True)
    reported = []
    for number, (text, _) in enumerate(shares[2]):
        reported.append(
            {
                "type": "assistant",
                "timestamp": "2026-11-22T09:00:00Z",
                "sessionId": f"s {text}",
                "cwd": f"/{text}",
                "gitBranch": text,
                "requestId": f"q{number} {text}",
                "message": {
                    "id": "m",
                    "role": "assistant",
                    "model": f"m {text}",
                    "content": text,
                    "usage": {"input_tokens": 1, "output_tokens": 2},
                },
            }
        )
        reported.append({**reported[-1], "timestamp": text, "requestId": f"z{number}"})
    (logs / "s.jsonl").write_text("\n".join(map(json.dumps, reported)) + "\n")
    assert inside.run("ingest", "claude").code == 0
    (inside.folder / "here" / "r.txt").write_text("x")
    for number, (text, _) in enumerate(shares[3]):
        window = ("--window", f"W{number}", *AT)
        for words in (
            (
                "snapshot",
                "end",
                "codex",
                "--set",
                "5h=90",
                f"--notes=n {text}",
                f"--source=s {text}",
                *window,
            ),
            ("finalize", f"--methodology=m {text}", f"--notes={text}", *window),
            (
                "evidence",
                "--capability=C",
                f"--run=R{number}",
                f"--runner=r {text}",
                "--result=pass",
                "--artifact=r.txt",
                f"--notes=x {text}",
                *window,
            ),
        ):
            done = inside.run(*words)
            assert done.code == 0, done
        if number % 10 == 0:
            task = (f"--task=t {text}", f"--notes={text}", "--plan=5")
            assert inside.run("checkpoint", f"W{number}", *task, *AT).code == 0
            assert inside.run("bundle", f"W{number}", *AT).code == 0
    for number, (text, _) in enumerate(shares[4]):
        # A meter, a plan and an account of that name.
        pane = f"{PANE}\n  Account: {text} (Pro)\n  {text[:40]} limit: 5% used (resets 13:10)\n"
        inside.run(
            "snapshot",
            "start",
            "codex",
            "--window",
            f"V{number}",
            "--force",
            "--at",
            f"2026-11-23T{number // 60:02}:{number % 60:02}:00Z",
            stdin=pane.encode(),
        )
    kept = b"".join(
        path.read_bytes()
        for top in (inside.book, inside.docs)
        for path in top.rglob("*")
        if path.is_file()
    )
    flat = kept.replace(b"\n", b"")
    leaks = [text for text, body in every if any(p.encode() in flat for p in pieces(body))]
    where = leaking(inside, every) if leaks else []
    print(*where, sep="\n")
    assert b"[key]" in kept and b"[email]" in kept
    record(
        "No key, token, password or e-mail address reaches the disk",
        "test_no_secret_is_kept",
        f"{len(leaks)} of {MANY} secrets of {len(KINDS)} kinds leaked: from panes, wrapped, framed "
        "and in colours, telemetry, logs and words",
        "0 leaked",
        not leaks,
    )


def pieces(body: str) -> list[str]:
    """Any eight characters of a secret in a row are too many."""
    body = body.partition("@")[0]
    return [body[at : at + 8] for at in range(len(body) - 7)]


def leaking(inside: Inside, every: list[tuple[str, str]]) -> list[str]:
    """The files that have a part of a secret, and the text around it."""
    leaks = []
    for path in [p for top in (inside.book, inside.docs) for p in top.rglob("*") if p.is_file()]:
        text = path.read_bytes().decode("utf-8", "replace")
        for secret, body in every:
            at = max(text.find(piece) for piece in pieces(body))
            if at >= 0:
                leaks.append(
                    f"{path.relative_to(inside.folder)}: {secret[:12]}: {text[at - 60 : at + 60]!r}"
                )
                break
    return leaks
