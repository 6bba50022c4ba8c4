"""Starts to read a file, with what is around it and holds for its requests."""

import os
from datetime import UTC, datetime

from burnbook.agent_logs.documents import companions
from burnbook.agent_logs.forms.around import Around
from burnbook.agent_logs.request_lines.lines import RequestLines
from burnbook.agent_logs.request_lines.rules import LineRules
from burnbook.agent_logs.sums.deleted import DeletedLines, Total
from burnbook.agent_logs.sums.readings import ReadingLines, Readings
from burnbook.agent_logs.sums.series import Series
from burnbook.jsonl.sources import Log, named
from burnbook.times import clock

PACKED = ".zst"


class FileStarts:
    """Starts to read each file of a feed."""

    def __init__(self, rules: LineRules, readings: Readings) -> None:
        self.rules, self.readings, self.feed = rules, readings, rules.feed.feed
        self.deleted: list[Total] = []
        self.around = Around(self.feed)

    def start(self, log: Log, file: int) -> RequestLines | Series:
        """What takes the lines of a file; `file` is its number, oldest first."""
        rules = self.rules
        stem = os.path.basename(named(log.path)).removesuffix(PACKED)
        stem = stem.rpartition(".")[0] or stem
        lines: RequestLines | Series
        if self.feed.counts == "totals":
            lines = Series(rules.feed, rules.requests, file, stem)
        elif rules.feed.readings is not None:
            lines = ReadingLines(rules, rules.feed.readings, self.readings, file, stem)
            lines.context.ts = _changed(log)
        elif rules.feed.deleted:
            lines = DeletedLines(rules, self.deleted, file, stem)
        else:
            lines = RequestLines(rules, file, stem)
        lines.context.home = log.root
        # The path of a file that a search found has no links and dots.
        path = log.path if log.root else os.path.abspath(log.path)
        self.around.read(path, log.root, lines.context)
        lines.context.project = log.project or lines.context.project
        if self.feed.companions:
            lines.context.companions = companions.read(self.feed, log.path)
        return lines


def _changed(log: Log) -> datetime:
    """When a file changed last; the present for stdin."""
    if not log.mtime_ns:
        return clock.wall_clock()
    return datetime.fromtimestamp(log.mtime_ns / 1e9, UTC)
