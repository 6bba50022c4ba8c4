"""Sessions that a repository names: in git notes, trailers of commits, and Agent Trace records.

git-ai keeps a note with the ids of sessions in `refs/notes/ai`, other tools write trailers such as
`Agent-Session: ID`. Agent Trace records are lines of `.agent-trace/traces.jsonl`. All are read in
the same way: a word that is the id of a session in the book names this session.
"""

import os
import re
from collections.abc import Iterator, Mapping, Set
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from burnbook.base import files
from burnbook.insight.attribution.repository.commits import Commit, History
from burnbook.insight.attribution.repository.patches import EMPTY, Patch

TRACES = os.path.join(".agent-trace", "traces.jsonl")
_MOST_BYTES = 64 << 20
_LEAST_LENGTH = 8  # of an id: a shorter one may be any word
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{7,127}")


class Named(NamedTuple):
    """A session that a repository names for a commit; `is_certain` unless only files show it."""

    session: str
    commit: str
    is_certain: bool


def named_sessions(
    history: History, patches: Mapping[str, Patch], top: str, sessions: Set[str]
) -> list[Named]:
    """The commits for which the repository at `top` names one of the sessions."""
    wanted = {each for each in sessions if len(each) >= _LEAST_LENGTH}
    entries: dict[Named, None] = {}
    for name, commit in history.commits.items():
        texts = [commit.notes, *(value for _, value in commit.trailers())]
        for session in _named(" ".join(texts), wanted):
            entries[Named(session, name, True)] = None
    for record in _traces(top):
        entries |= dict.fromkeys(_of_trace(record, history, patches, wanted))
    return [*entries]


def _named(text: str, sessions: Set[str]) -> list[str]:
    return sorted({*_WORD.findall(text)} & sessions)


def _traces(top: str) -> Iterator[Mapping[str, Any]]:
    """The records of a working tree; lines that are none are left out."""
    try:
        text = files.read_text(os.path.join(top, TRACES), _MOST_BYTES)
    except (OSError, ValueError):
        return  # no such file, or one that is no text
    for line in text.splitlines():
        try:
            record = msgspec.json.decode(line)
        except (msgspec.DecodeError, RecursionError):
            continue
        if isinstance(record, dict):
            yield record


def _of_trace(
    record: Mapping[str, Any], history: History, patches: Mapping[str, Patch], sessions: Set[str]
) -> Iterator[Named]:
    """The commits that a record is about.

    Its revision is the commit of the change, or the one that was checked out when the change was
    made. In the latter case, the next commit that changes one of the files has it.
    """
    named = _named(" ".join(_texts(record)), sessions)
    at = _moment(record.get("timestamp"))
    vcs = record.get("vcs")
    revision = vcs.get("revision") if isinstance(vcs, dict) else None
    commit = history.commits.get(revision) if isinstance(revision, str) else None
    if not named:
        return
    if commit is not None and (at is None or commit.created >= int(at)):
        yield from (Named(session, commit.hash, True) for session in named)
    elif at is not None:
        listed = record.get("files")
        files_of = listed if isinstance(listed, list) else []
        entries = [each for each in files_of if isinstance(each, dict)]
        paths = {str(each.get("path")).encode("utf-8", "replace") for each in entries}
        following = _next_change(history, patches, at, paths)
        if following is not None:
            yield from (Named(session, following.hash, False) for session in named)


def _next_change(
    history: History, patches: Mapping[str, Patch], at: float, paths: Set[bytes]
) -> Commit | None:
    changing = (
        commit
        for name, commit in history.commits.items()
        if commit.created >= int(at)
        and not commit.is_merge
        and any(file.new in paths for file in patches.get(name, EMPTY).files)
    )
    return min(changing, key=lambda commit: (commit.created, commit.hash), default=None)


def _moment(text: Any) -> float | None:
    try:
        return datetime.fromisoformat(text).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    """All texts within a JSON value."""
    if isinstance(value, str):
        yield value
    elif depth < 12:
        inner = value.values() if isinstance(value, dict) else value
        if isinstance(inner, list) or inner is not value:
            for each in inner:
                yield from _texts(each, depth + 1)


def tools_named(commit: Commit, tools: Set[str]) -> frozenset[str]:
    """The agents' tools that the trailers of a commit name, as in `Co-authored-by: Claude ...`."""
    words: set[str] = set()
    for name, value in commit.trailers():
        if name.endswith("-by") or name.startswith(("agent", "ai-", "assisted", "generated")):
            words |= {*re.findall(r"[a-z0-9]+", value.lower())}
    return frozenset(tool for tool in tools if tool.lower() in words)
