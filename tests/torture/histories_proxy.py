"""The history of a proxy's log, which is rotated, truncated, cut and rewritten."""

import gzip
import json
from pathlib import Path
from typing import ClassVar

from inside import ROOT

from torture.histories import Story, whole


class Proxy(Story):
    """usage.jsonl and the files that it became."""

    feed = "proxy-telemetry"
    words = ("--window", "W0-CHN")
    deeds: ClassVar[dict[str, int]] = {
        "append": 10,
        "ingest": 8,
        "ingest_twice": 1,
        "killed": 3,
        "half": 3,
        "rest": 3,
        "repeat": 2,
        "rotate": 3,
        "late": 2,
        "copy_and_empty": 2,
        "pack": 1,
        "empty": 1,
        "cut": 1,
        "anew": 1,
        "gone": 1,
        "back": 2,
    }

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(folder, seed)
        self.log = folder / "usage.jsonl"
        feed = self.inside.config / "feeds" / f"{self.feed}.toml"
        text = (ROOT / "config" / "feeds" / f"{self.feed}.toml").read_text()
        feed.write_text(text.replace('"logs/usage.jsonl"', json.dumps(str(self.log))))
        self.number, self.rotated = 0, 0
        self.rest_of_line = ""
        self.half_in: Path | None = None
        self.has_begun, self.before = False, set[str]()

    def line(self) -> str:
        """A new line; all have the same length, so that the length identifies none."""
        self.number += 1
        lane = self.lot.choice(("glm", "baseline"))
        fields = {
            "ts": f"2026-11-{20 + self.number % 3}T09:00:00Z",
            "rid": f"r{self.number:07}{lane[0]}",
            "lane": lane,
            "model": "m" * (12 - len(lane)),
            "status": 200,
            "input_tokens": self.lot.randrange(1000, 9999),
            "output_tokens": self.lot.randrange(100, 999),
            "latency_ms": 100,
            "reason": "policy:default and more that never changes, at the end of the line",
        }
        return json.dumps(fields)

    def write(self, path: Path, text: str) -> None:
        with path.open("a") as file:
            file.write(text)

    def end_half(self) -> None:
        """A writer ends its line before it begins another."""
        if self.half_in == self.log:
            self.rest()

    def append(self) -> None:
        self.end_half()
        for _ in range(self.lot.choice((1, 2, 5, 20))):
            self.write(self.log, self.line() + "\n")

    def half(self) -> None:
        """Half of a line, whose rest follows later."""
        if self.half_in is None:
            text = self.line() + "\n"
            at = self.lot.randrange(1, len(text))
            self.write(self.log, text[:at])
            self.half_in, self.rest_of_line = self.log, text[at:]

    def rest(self) -> None:
        """The rest of a half line: in the file in which it began, whatever that is called now."""
        if self.half_in is not None:
            if self.half_in.exists():
                self.write(self.half_in, self.rest_of_line)
            self.half_in = None

    def repeat(self) -> None:
        """Some lines once more."""
        self.end_half()
        if self.log.exists():
            lines = whole(self.log.read_bytes(), ended=False)
            for line in lines[self.lot.randrange(len(lines) + 1) :][:5]:
                self.write(self.log, line + "\n")

    def older(self) -> list[Path]:
        return sorted(self.log.parent.glob("usage*"), reverse=True)

    def name(self) -> Path:
        """The next name of a rotated file: numbered ones make place, dated ones need not."""
        self.rotated += 1
        if self.lot.random() < 0.3:
            return self.log.with_name(f"usage-2026112{self.rotated:03}.jsonl")
        for number in range(self.rotated, 0, -1):
            old = self.log.with_name(f"usage.jsonl.{number}")
            if old.exists():
                self.rename(old, self.log.with_name(f"usage.jsonl.{number + 1}"))
        return self.log.with_name("usage.jsonl.1")

    def rename(self, old: Path, new: Path) -> None:
        old.rename(new)
        if self.half_in == old:
            self.half_in = new  # a process that has it open

    def rotate(self) -> None:
        """Rename it away; a new one may be there at once, or with the next line."""
        if self.log.exists():
            self.rename(self.log, self.name())
            if self.lot.random() < 0.5:
                self.log.touch()

    def late(self) -> None:
        """A process that still has a rotated file open writes one more line to it."""
        kept = [path for path in self.plain() if path not in (self.log, self.half_in)]
        if kept and kept[0].read_bytes()[-1:] == b"\n":
            self.write(kept[0], self.line() + "\n")

    def copy_and_empty(self) -> None:
        """logrotate's copytruncate. A half line stays half in the copy, and its rest is lost."""
        if self.log.exists():
            self.name().write_bytes(self.log.read_bytes())
            self.empty()

    def pack(self) -> None:
        """Compress a rotated file: it is not looked into any more."""
        kept = [path for path in self.plain() if path not in (self.log, self.half_in)]
        if kept:
            path = self.lot.choice(kept)
            self.rotated += 1
            packed = path.with_name(f"{path.name}-{self.rotated}.gz")
            packed.write_bytes(gzip.compress(path.read_bytes(), mtime=0))
            path.unlink()

    def empty(self) -> None:
        if self.log.exists():
            self.log.write_bytes(b"")
            self.half_in = None if self.half_in == self.log else self.half_in

    def cut(self) -> None:
        """Cut it back to some of its lines."""
        if self.log.exists():
            self.half_in = None if self.half_in == self.log else self.half_in
            lines = whole(self.log.read_bytes(), ended=False)
            kept = lines[: self.lot.randrange(len(lines) + 1)]
            self.log.write_text("".join(line + "\n" for line in kept))

    def anew(self) -> None:
        """Other lines in the place of some from a line on, of the same length."""
        if self.log.exists():
            self.end_half()
            lines = whole(self.log.read_bytes(), ended=False)
            at = self.lot.randrange(len(lines) + 1)
            written = [*lines[:at], *(self.line() for _ in lines[at:])]
            self.log.write_text("".join(line + "\n" for line in written))

    def gone(self) -> None:
        if self.log.exists() and self.half_in != self.log:
            self.log.rename(self.log.with_name("elsewhere"))

    def back(self) -> None:
        """It is renamed back, and replaces the file that exists by then."""
        away = self.log.with_name("elsewhere")
        if away.exists() and self.half_in != self.log:
            away.rename(self.log)

    def plain(self) -> list[Path]:
        """The log and what it became, the newest first."""
        paths = [path for path in self.log.parent.glob("usage*") if path.suffix != ".gz"]
        return sorted(paths, key=lambda path: (path != self.log, path.name))

    def visible(self) -> dict[str, tuple[int, int, str]]:
        """Every complete request in the log, or in a file that it was renamed to."""
        return self.requests(self.plain())

    def shown(self) -> dict[str, tuple[int, int, str]]:
        """The same without files rotated before the first ingest, which reads the log alone."""
        log = self.requests([self.log])
        if not self.has_begun:
            return log
        older = self.visible().items()
        return log | {name: worth for name, worth in older if name not in self.before}

    def requests(self, paths: list[Path]) -> dict[str, tuple[int, int, str]]:
        """Every complete request in the given files."""
        seen = {}
        for path in paths:
            for line in whole(path.read_bytes() if path.exists() else b"", ended=path != self.log):
                try:
                    event = json.loads(line)
                except ValueError:
                    continue  # half a line
                seen[event["rid"]] = event["input_tokens"], event["output_tokens"], event["lane"]
        return seen

    def ingest(self) -> None:
        self.merge(self.may, self.visible())
        super().ingest()
        if self.must and not self.has_begun:
            self.has_begun, self.before = True, self.visible().keys() - self.must.keys()

    def codes(self, seen: dict[str, tuple[int, int, str]]) -> tuple[int, ...]:
        """66 where the log itself is not there, whatever lies beside it."""
        return (0, 65) if self.log.exists() else (0, 65, 66)

    def compare(self) -> None:
        path = self.inside.book / f"{self.feed.replace('-', '_')}.jsonl"
        data = path.read_bytes() if path.exists() else b""
        rows = [json.loads(line) for line in whole(data, ended=False)]
        names = [row["rid"] for row in rows]
        lost = self.must.keys() - set(names)
        double = len(names) - len(set(names))
        made_up = set(names) - self.must.keys() - self.may.keys()
        if lost or double or made_up:
            self.wrong.append(f"lost {sorted(lost)}, {double} double, made up {sorted(made_up)}")
        if not rows:
            return
        worth = {**self.may, **self.must}
        done = self.inside.run("cost-compare", *self.words, "--format", "json")
        totals = json.loads(done.out)["totals"]["all"]
        sums = [sum(worth[name][at] for name in set(names)) for at in (0, 1)]
        if [len(names), *sums] != [
            totals[n] for n in ("requests", "input_tokens", "output_tokens")
        ]:
            self.wrong.append(f"totals: {sums} of {len(names)}, told: {totals}")
