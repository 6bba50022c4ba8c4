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
from burnbook.jsonl.sources import Log, Source
from burnbook.times import clock

_FORMS = 6  # that are named
_SHOWN = 3  # paths
_IDLE = 7 * 86_400.0  # seconds without a log, after which newer files are of interest
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


class Folders(NamedTuple):
    """An agent's files, and the paths that cannot be searched."""

    logs: Sequence[Log]
    faults: Sequence[faults.PathFault]


def search_folders(feed: LogFeed) -> Folders:
    """Search the folders of an agent. Raises IOFault if the disk fails."""
    found: search.Faults = {fault.path: fault for fault in root_faults(feed)}
    logs = sources.logs(feed, found)
    return Folders(logs, [*found.values()])


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


def unread(
    name: str, feed: LogFeed, folders: Folders, known: dict[str, Source], *, has_usage: bool
) -> Unread:
    """What is not read. `known`: what the last reads gave; `has_usage`: the book has requests."""
    logs = folders.logs
    paths = [log.path for log in logs]
    read = [known[log.path] for log in logs if log.path in known]
    gave_at = max((source.gave_at for source in read), default=0) / 1e9
    newer = _NEWER.format(name)
    problems = [Problem(fault.text, fault.action) for fault in folders.faults]
    patterns = ", ".join(pattern for form in sources.forms(feed) for pattern in form.files)
    if feed.advice is not None and not logs:
        if not has_usage:
            problems.append(Problem(f"no file matches: {patterns}", feed.advice))
        return Unread(problems)
    forms = _forms(feed, logs, gave_at)
    problems += [*_file_problems(logs, known, newer), *_stubs(feed, known, paths)]
    readable = [source for source in read if not source.fault and not source.left]
    if not logs and not folders.faults:
        what = f"no file matches: {patterns}"
        what += ", but the book has requests of earlier ones" if has_usage else ""
        action = f"nothing to do if {feed.title or name} was not used; else {newer}"
        problems.append(Problem(what, newer if forms else action))
    elif not gave_at and readable and len(read) == len(logs):
        what = f"no request in {plural(len(logs), 'file')}: {patterns}"
        action = f"nothing to do if {feed.title or name} was only started; else {newer}"
        problems.append(Problem(what, newer if forms else action))
    elif gave_at:
        problems += [Problem(what, newer) for what in _quiet(logs, known, gave_at)]
    in_lines = _lines(name, sum(source.unread for source in read))
    problems += in_lines.problems
    if forms:
        shown = ", ".join(f"{form} ({count})" for form, count in [*forms.items()][:_FORMS])
        shown += f" and {len(forms) - _FORMS} more" if len(forms) > _FORMS else ""
        when = "newer than every log" if gave_at else "seen"
        what = f"{when} and not read, because no pattern matches: {shown}"
        problems.append(Problem(what, newer))
    return Unread([*problems, *_unfinished(known, paths)], [*forms], in_lines.lines)


def of_given(name: str, feed: LogFeed, read: dict[str, Source]) -> Unread:
    """What is not read of files that are not in the agent's folders."""
    in_lines = _lines(name, sum(source.unread for source in read.values()))
    return in_lines._replace(problems=[*_stubs(feed, read, [*read]), *in_lines.problems])


def _stubs(feed: LogFeed, known: dict[str, Source], paths: Sequence[str]) -> Iterator[Problem]:
    """The documents whose requests the agent keeps elsewhere."""
    if stubs := [path for path in paths if path in known and known[path].left == "stub"]:
        yield Problem(f"{plural(len(stubs), 'stub')} without requests: {_listed(stubs)}", feed.stub)


def _unfinished(known: dict[str, Source], paths: Sequence[str]) -> Iterator[Problem]:
    """The documents that were not whole yet."""
    if cut := [path for path in paths if path in known and known[path].left == "unfinished"]:
        what = f"{plural(len(cut), 'document')} that an agent is writing: {_listed(cut)}"
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


def _file_problems(logs: Sequence[Log], known: dict[str, Source], newer: str) -> Iterator[Problem]:
    """Files that cannot be read, by the reason."""
    by_reason: dict[str, list[str]] = {}
    for log in logs:
        source = known.get(log.path)
        if not os.access(log.path, os.R_OK):
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


def _quiet(logs: Sequence[Log], known: dict[str, Source], gave_at: float) -> Iterator[str]:
    """That the newest files gave no request, or a file none for long, though it changes."""
    read = [(log, known[log.path].gave_at) for log in logs if log.path in known]
    empty = [log for log, own in read if not own and log.mtime_ns / 1e9 > gave_at]
    if len(empty) >= _QUIET:
        yield f"no request in the newest {plural(len(empty), 'file')}"
    for log, own in read:
        if own and (log.mtime_ns - own) / 1e9 >= _IDLE:
            yield f"{without_home(log.path)} has changed for a week without a new request"


def _forms(feed: LogFeed, logs: Sequence[Log], gave_at: float) -> dict[str, int]:
    """The forms of files that no pattern matches; after requests only where these files are new."""
    if not gave_at:
        return unread_forms(feed)
    newest = max((log.mtime_ns for log in logs), default=0) / 1e9
    if clock.wall_clock().timestamp() - newest < _IDLE:
        return {}
    return unread_forms(feed, since=newest + _IDLE)


def _of_agent(root: str) -> str:
    """The folder of a program alone that a directory is in, such as ~/.pi of ~/.pi/agent."""
    home = os.path.expanduser("~")
    for shared in (os.path.join(home, ".local", "share"), home):
        if root.startswith(shared + "/"):
            first = root[len(shared) + 1 :].split("/", 1)[0]
            is_own = shared != home or (first[0] == "." and first not in (".config", ".local"))
            return os.path.join(shared, first) if is_own else root
    return root
