"""Names what an agent's folders have and ingest does not read: the agent may write another form."""

from collections.abc import Sequence

from burnbook.base.text import plural
from burnbook.config.agent_logs import LogFeed
from burnbook.jsonl import sources
from burnbook.jsonl.sources import Log
from burnbook.times import clock

_FORMS = 6  # that are named
_IDLE = 7 * 86_400.0  # seconds without a log, after which newer files are of interest


def notes(
    name: str, feed: LogFeed, logs: Sequence[Log], *, has_usage: bool
) -> tuple[list[str], list[str]]:
    """Sentences about files that give nothing, and the forms of these; none for a feed that works.

    `has_usage`: the feed has given requests. Then only files count that are newer than its logs.
    """
    sentences = [f"{name}: cannot be read: {path}" for path in sources.closed_folders(feed)]
    newest = max((log.mtime_ns for log in logs), default=0) / 1e9
    if has_usage and clock.wall_clock().timestamp() - newest < _IDLE:
        return sentences, []
    unread = sources.unread_forms(feed, since=newest + _IDLE if has_usage else 0.0)
    patterns = ", ".join(pattern for form in sources.forms(feed) for pattern in form.files)
    if not has_usage:
        what = f"no request in {plural(len(logs), 'file')}" if logs else "no file matches"
        sentences.append(f"{name}: {what}: {patterns}")
    if unread:
        shown = ", ".join(f"{form} ({count})" for form, count in [*unread.items()][:_FORMS])
        shown += f" and {len(unread) - _FORMS} more" if len(unread) > _FORMS else ""
        when = "newer than every log" if has_usage and logs else "seen"
        sentences.append(f"{name}: {when} and not read, because no pattern matches: {shown}")
    return sentences, [*unread]
