"""What of an agent's logs is not read, why, and what to do about it.

It is derived from the folders, and from what the last reads of the files gave. So each call reports
it, and `doctor` does.
"""

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from burnbook.agent_logs.ingest.unread_forms import unread_forms
from burnbook.base.files import without_home
from burnbook.base.text import plural
from burnbook.config.agent_logs import LogFeed
from burnbook.jsonl import sources
from burnbook.jsonl.folders import faults, search
from burnbook.jsonl.known.look import Look, Notable
from burnbook.jsonl.known.state import IDLE, Remembered
from burnbook.jsonl.sources import Left, Log, Source
from burnbook.times import clock

_FORMS = 6  # that are named
_SHOWN = 3  # paths
_QUIET = 3  # files without a request, newer than every file with one
_NEWER = "the agent may write another format now: update burnbook, or change feeds/{}.toml"


class Problem(NamedTuple):
    """What is not read, and what to do."""

    what: str
    action: str


class Unread(NamedTuple):
    """What of an agent's logs is not read.

    `forms` are those of files that no pattern matches. `lines` have tokens of an unknown kind.
    """

    problems: Sequence[Problem]
    forms: Sequence[str] = ()
    lines: int = 0

    @property
    def sentence(self) -> str:
        """All that is wrong, and what to do about the first of it."""
        wrong = "; ".join(problem.what for problem in self.problems)
        return f"{wrong}; {self.problems[0].action}"


def look(feed: LogFeed, known: Remembered) -> Look:
    """Search the folders of an agent. Raises IOFault if the disk fails."""
    return Look(feed, known, {fault.path: fault for fault in root_faults(feed)})


def root_faults(feed: LogFeed) -> list[faults.PathFault]:
    """Why directories of an agent cannot be searched."""
    wrong = [faults.fault_of(path) for path in sources.declared_roots(feed)]
    return list({fault.path: fault for fault in wrong if fault is not None}.values())


def is_here(feed: LogFeed) -> bool:
    """Whether an agent has a folder here, or something in its place."""
    has_folder = any(map(search.is_folder, sources.declared_roots(feed)))
    return has_folder or bool(root_faults(feed) or sources.named_roots(feed) or is_emptied(feed))


def folders_here(feed: LogFeed) -> list[str]:
    """The directories of an agent that are here, or else what is in their place."""
    roots = [root for root in sources.declared_roots(feed) if search.is_folder(root)]
    roots += [fault.path for fault in root_faults(feed)]
    owners = [_of_agent(root) for root in sources.declared_roots(feed)]
    return [*dict.fromkeys(roots or filter(search.is_folder, owners))]


def is_emptied(feed: LogFeed) -> bool:
    """Whether an agent has a folder here, but none of the directories in it that have its logs."""
    roots = sources.declared_roots(feed)
    has_root = any(map(search.is_folder, roots))
    return not has_root and any(search.is_folder(_of_agent(root)) for root in roots)


def unread(name: str, feed: LogFeed, look: Look, *, has_usage: bool) -> Unread:
    """What is not read. `has_usage`: the book has requests; only used where no file matches."""
    count, gave_at, notable = look.count, look.gave_at / 1e9, look.notable()
    read = [(each.log, each.source) for each in notable if each.source is not None]
    newer = _NEWER.format(name)
    problems = [Problem(fault.text, fault.action) for fault in look.faults]
    patterns = ", ".join(pattern for form in sources.forms(feed) for pattern in form.files)
    if feed.advice is not None and not count:
        if not has_usage:
            problems.append(Problem(f"no file matches: {patterns}", feed.advice))
        return Unread(problems)
    forms = _forms(feed, look)
    problems += [*_file_problems(notable, newer), *_stubs(feed, _left(read, "stub"))]
    readable = [source for _, source in read if not source.fault and not source.left]
    if not count and not look.faults:
        what = f"no file matches: {patterns}"
        what += ", but the book has requests of earlier ones" if has_usage else ""
        action = f"nothing to do if {feed.title or name} was not used; else {newer}"
        problems.append(Problem(what, newer if forms else action))
    elif not gave_at and readable and not look.unread:
        what = f"no request in {plural(count, 'file')}: {patterns}"
        action = f"nothing to do if {feed.title or name} was only started; else {newer}"
        problems.append(Problem(what, newer if forms else action))
    elif gave_at:
        problems += [Problem(what, newer) for what in _quiet(read, gave_at)]
    in_lines = _lines(name, sum(source.unread for _, source in read))
    problems += in_lines.problems
    if forms:
        shown = ", ".join(f"{form} ({count})" for form, count in [*forms.items()][:_FORMS])
        shown += f" and {len(forms) - _FORMS} more" if len(forms) > _FORMS else ""
        when = "newer than every log" if gave_at else "seen"
        what = f"{when} and not read, because no pattern matches: {shown}"
        problems.append(Problem(what, newer))
    problems += _unfinished(_left(read, "unfinished"))
    return Unread(problems, [*forms], in_lines.lines)


def of_given(name: str, feed: LogFeed, read: dict[str, Source]) -> Unread:
    """What is not read of files that are not in the agent's folders."""
    in_lines = _lines(name, sum(source.unread for source in read.values()))
    stubs = [path for path, source in read.items() if source.left == "stub"]
    return in_lines._replace(problems=[*_stubs(feed, stubs), *in_lines.problems])


def _left(read: Sequence[tuple[Log, Source]], why: Left) -> list[str]:
    return [log.path for log, source in read if source.left == why]


def _stubs(feed: LogFeed, paths: Sequence[str]) -> Iterator[Problem]:
    """The documents whose requests the agent keeps elsewhere."""
    if paths:
        yield Problem(f"{plural(len(paths), 'stub')} without requests: {_listed(paths)}", feed.stub)


def _unfinished(paths: Sequence[str]) -> Iterator[Problem]:
    """The documents that were not whole yet."""
    if paths:
        what = f"{plural(len(paths), 'document')} that an agent is writing: {_listed(paths)}"
        yield Problem(what, "run ingest again when it is whole")


def _listed(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    shown = map(sources.named, paths[:_SHOWN])
    return ", ".join(map(without_home, shown)) + more


def _lines(name: str, count: int) -> Unread:
    """The lines with tokens of an unknown kind."""
    if not count:
        return Unread(())
    what = f"{plural(count, 'line')} with tokens of a kind that is not read"
    reason = "the agent may write another format now"
    action = f"see requests.only of feeds/{name}.toml"
    return Unread([Problem(f"{what}: {reason}", action)], lines=count)


def _file_problems(notable: Sequence[Notable], newer: str) -> Iterator[Problem]:
    """Files that cannot be read, by the reason."""
    by_reason: dict[str, list[str]] = {}
    for log, source, is_closed in notable:
        if is_closed:
            by_reason.setdefault("", []).append(log.path)
        elif source is not None and source.fault:
            by_reason.setdefault(source.fault, []).append(log.path)
    for reason, each in by_reason.items():
        more = f" and {len(each) - 1:,} more" if len(each) > 1 else ""
        named = f"{without_home(each[0])}{more}"
        if reason:
            yield Problem(f"{named}: {reason}", f"if it is whole, {newer}")
        else:
            fault = faults.closed(each[0], "may not be read", "u+r")
            yield Problem(f"{named} {fault.what}", fault.action)


def _quiet(read: Sequence[tuple[Log, Source]], gave_at: float) -> Iterator[str]:
    """That the newest files gave no request, or a file none for long, though it changes."""
    is_empty = [not source.gave_at and log.mtime_ns / 1e9 > gave_at for log, source in read]
    if sum(is_empty) >= _QUIET:
        yield f"no request in the newest {plural(sum(is_empty), 'file')}"
    for log, source in read:
        if source.gave_at and log.mtime_ns - source.gave_at >= IDLE:
            yield f"{without_home(log.path)} has changed for a week without a new request"


def _forms(feed: LogFeed, look: Look) -> dict[str, int]:
    """The forms of files that no pattern matches; after requests only where these files are new."""
    if not look.gave_at:
        return unread_forms(feed, look)
    idle, newest = IDLE / 1e9, look.newest / 1e9
    if clock.wall_clock().timestamp() - newest < idle:
        return {}
    return unread_forms(feed, look, since=newest + idle)


def _of_agent(root: str) -> str:
    """The folder of a program alone that a directory is in, such as ~/.pi of ~/.pi/agent."""
    home = os.path.expanduser("~")
    for shared in (os.path.join(home, ".local", "share"), home):
        if root.startswith(shared + "/"):
            first = root[len(shared) + 1 :].split("/", 1)[0]
            is_own = shared != home or (first[0] == "." and first not in (".config", ".local"))
            return os.path.join(shared, first) if is_own else root
    return root
