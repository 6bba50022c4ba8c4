"""Mistakes in a feed of agents' logs that its types do not find."""

from collections.abc import Iterator

from burnbook.base.json_path import Path, several, split, summands
from burnbook.config.agent_logs import (
    COUNTS,
    NTH,
    VALUES,
    VARIABLE,
    Fields,
    Identity,
    LogFeed,
    Setting,
    own_paths,
    retention,
)
from burnbook.config.agent_logs.document_faults import document_faults
from burnbook.config.agent_logs.forms import Database, Listed
from burnbook.config.agent_logs.history import History
from burnbook.config.agent_logs.lookups import NAMED, PLACEHOLDER
from burnbook.config.agent_logs.otlp import otlp_feed
from burnbook.config.feeds import TS_KINDS, Fault


def faults(feed: LogFeed) -> Iterator[Fault]:
    """Each mistake; none means that the feed can be compiled."""
    yield from _file_faults("files", feed.files)
    if feed.older is not None:
        yield from _file_faults("older.files", feed.older.files)
    yield from _root_faults("roots", feed.roots)
    if feed.also is not None:
        yield from _root_faults("also.roots", feed.also.roots)
        yield from _file_faults("also.files", feed.also.files)
    yield from _database_faults(feed)
    if feed.listed is not None:
        yield from _listed_faults(feed.listed)
    yield from retention.faults(feed.retention)
    for needle in feed.contains:
        if not needle or "\n" in needle:
            yield "contains", needle, "text of a line"
    for begins in feed.skips:
        if not begins.startswith("{") or "\n" in begins:
            yield (
                "skips",
                begins,
                'the beginning of a line, such as {"timestamp":"*","type":"message"',
            )
    if feed.skips and feed.format != "lines":
        yield "skips", list(feed.skips), 'only with format = "lines"'
    for word in feed.ts.kinds:
        if word not in TS_KINDS:
            yield "ts.kinds", word, ", ".join(TS_KINDS)
    if not any(getattr(feed.fields, name) for name in COUNTS):
        yield "fields", "no counts", f"a path for at least one of {', '.join(COUNTS)}"
    if feed.meters is not None and feed.format != "lines":
        yield "meters", feed.meters, 'only with format = "lines"'
    for key in ("history", "last"):
        if getattr(feed, key) is not None and feed.counts != "totals":
            yield key, "a value", 'only with counts = "totals"'
    yield from _value_faults(feed)
    for beside in feed.beside:
        if beside.file.startswith("/") or not beside.file:
            yield "beside.file", beside.file, "a path from a log's folder, such as *.meta.json"
    yield from _lookup_faults(feed)
    yield from document_faults(feed)
    yield from _path_faults(feed)
    yield from _otlp_faults(feed)


def _otlp_faults(feed: LogFeed) -> Iterator[Fault]:
    own = otlp_feed(feed)
    if feed.otlp is None or own is None:
        return
    if not feed.otlp.names and not feed.otlp.only:
        yield "otlp.names", [], "at least one name of a record, such as claude_code.api_request"
    if feed.otlp.files:
        yield from _file_faults("otlp.files", feed.otlp.files)
    if not any(getattr(own.fields, name) for name in COUNTS):
        yield "otlp.fields", "no counts", f"a path for at least one of {', '.join(COUNTS)}"
    for key, text, valid in (*_value_faults(own), *_path_faults(own)):
        yield f"otlp.{key}", text, valid


def _value_faults(feed: LogFeed) -> Iterator[Fault]:
    identities = (feed.identity, *feed.identity_fallback, *feed.copies)
    for name in (name for names in identities for name in names if name.startswith("@")):
        if name not in (*VALUES, NTH):
            yield "identity", name, f"a path, or one of {', '.join((*VALUES, NTH))}"
    if NTH in feed.identity:
        yield "identity", NTH, f"a path, or one of {', '.join(VALUES)}"
    if feed.counts == "totals" and len(own_paths(feed.identity)) < len(feed.identity):
        yield "identity", list(feed.identity), 'only paths with counts = "totals"'
    if feed.deleted and (feed.format != "document" or feed.readings is not None):
        yield "deleted", [*feed.deleted], 'only with format = "document", and without readings'
    if feed.readings is not None and feed.counts == "totals":
        yield "readings", "a table", 'only with counts = "requests"'
    if feed.items is not None and feed.format in ("sqlite", "csv"):
        yield "items", feed.items, 'only with format = "lines" or "document"'
    if feed.kinds and feed.counts == "totals":
        yield "kinds", [*feed.kinds], 'only with counts = "requests"'


def _lookup_faults(feed: LogFeed) -> Iterator[Fault]:
    for pattern in feed.names:
        names = PLACEHOLDER.findall(pattern)
        if not names or len({*names}) < len(names) or not {*names} <= {*NAMED}:
            yield "names", pattern, f"a pattern with {', '.join(f'{{{n}}}' for n in NAMED)}"
    for key, table in (("projects", feed.projects), ("aliases", feed.aliases)):
        if table is not None and not {"", ".."}.isdisjoint(table.file.split("/")):
            yield f"{key}.file", table.file, "a file below the agent's folder"
    for key, path in _lookup_paths(feed):
        yield from _nested([(key, path)])


def _lookup_paths(feed: LogFeed) -> Iterator[tuple[str, str]]:
    if feed.projects is not None:
        yield "projects.items", feed.projects.items
        yield from [("projects.path", feed.projects.path)] if feed.projects.path else []
    if feed.aliases is not None:
        yield from (("aliases.models", feed.aliases.models), ("aliases.id", feed.aliases.id))
        yield from [("aliases.default", feed.aliases.default)] if feed.aliases.default else []


def _database_faults(feed: LogFeed) -> Iterator[Fault]:
    is_database = feed.format == "sqlite"
    if not is_database and feed.database is not None:
        yield "database", "a table", 'only with format = "sqlite"'
    if not is_database:
        return
    declared = feed.database or Database()
    for query in several(declared.query) or ("",):
        if not query.lstrip().upper().startswith("SELECT"):
            yield "database.query", query, "one SELECT of the feed's rows, or several"
        if declared.watermark is not None and ":since" not in query:
            yield "database.watermark", declared.watermark, "only with :since in the query"
        if declared.position is not None and ":after" not in query:
            yield "database.position", declared.position, "only with :after in the query"
    yield from _nested([(f"database.columns.{path}", path) for path in declared.columns])


def _listed_faults(listed: Listed) -> Iterator[Fault]:
    yield from _file_faults("listed.file", (listed.file,))
    if not listed.folder:
        yield "listed.folder", list(listed.folder), "at least one path in an item"
    paths = [("listed.folder", path) for path in listed.folder]
    paths += [("listed.project", listed.project)] if listed.project else []
    yield from _nested([("listed.items", listed.items)])
    yield from _nested(paths)


def _root_faults(key: str, roots: tuple[str, ...]) -> Iterator[Fault]:
    if not roots:
        yield key, list(roots), "at least one directory, such as ~/.claude"
    for root in roots:
        if not root.startswith(("~/", "/")) and not VARIABLE.match(root):
            yield key, root, "a directory that begins with ~/, / or $VARIABLE/"


def _file_faults(key: str, patterns: tuple[str, ...]) -> Iterator[Fault]:
    if not patterns:
        yield key, list(patterns), "at least one pattern, such as sessions/**/*.jsonl"
    for pattern in patterns:
        if pattern.startswith("/") or ".." in pattern.split("/") or not pattern:
            yield key, pattern, "a pattern below the roots, such as sessions/**/*.jsonl"


def _path_faults(feed: LogFeed) -> Iterator[Fault]:
    declared = [("identity", path) for path in own_paths(feed.identity)]
    for key in ("identity_fallback", "copies"):
        alternatives: tuple[Identity, ...] = getattr(feed, key)
        declared += [(key, path) for names in alternatives for path in own_paths(names)]
    declared += [("copies_only", path) for path in feed.copies_only]
    for name, patterns in feed.served_by.items():
        declared += [(f"served_by.{name}", path) for path in patterns]
    declared += [("items", feed.items)] if feed.items else []
    declared += [("meters", feed.meters)] if feed.meters else []
    if feed.older is not None and feed.older.items:
        yield from _nested([("older.items", feed.older.items)])
    declared += [("last", feed.last)] if feed.last is not None else []
    declared += [("requests.only", path) for path in feed.requests.only]
    declared += [("requests.not", path) for path in feed.requests.never]
    declared += [(f"fields.{name}", path) for name, path in _fields(feed.fields)]
    for key, setting in feed.settings.items():
        declared += [(f"settings.{key}.only", path) for path in setting.only]
        declared += [(f"settings.{key}.{name}", path) for name, path in _fields(setting)]
    declared += [("deleted", path) for path in feed.deleted]
    if feed.readings is not None:
        declared += [("readings.only", path) for path in feed.readings.only]
        declared += [("readings.identity", path) for path in feed.readings.identity]
    kinds = {f"kinds.{name}": kind for name, kind in feed.kinds.items()}
    for key, kind in (kinds | ({"better": feed.better} if feed.better else {})).items():
        declared += [(f"{key}.only", path) for path in kind.only]
        declared += [(f"{key}.identity", path) for path in kind.identity]
        declared += [(f"{key}.fields.{name}", path) for name, path in _fields(kind.fields)]
    if feed.history is not None:
        declared += [("history.only", path) for path in feed.history.only]
        declared += [(f"history.{name}", path) for name, path in _fields(feed.history)]
    for beside in feed.beside:
        yield from _nested([(f"beside.{name}", path) for name, path in _fields(beside)])
    if feed.parts is not None:
        declared += [("parts.items", feed.parts.items)]
        parts = [("parts.own", path) for path in feed.parts.own]
        parts += [("parts.only", path) for path in feed.parts.only]
        parts += [(f"parts.fields.{name}", path) for name, path in _fields(feed.parts.fields)]
        yield from _nested(parts)
    yield from _nested(declared)


def _nested(declared: list[tuple[str, str]]) -> Iterator[Fault]:
    """Texts that are no paths, and paths inside others."""
    keys: dict[Path, str] = {}
    for key, text in declared:
        try:
            keys.setdefault(split(text), key)
        except ValueError:
            yield key, text, 'a path such as message.usage.input_tokens or a."b.c"'
    for path, key in keys.items():
        for end in range(1, len(path)):
            if path[:end] in keys:
                yield key, ".".join(path), f"no path inside {'.'.join(path[:end])}"


def _fields(table: Fields | Setting | History) -> Iterator[tuple[str, str]]:
    for name in table.__struct_fields__:
        value = getattr(table, name)
        if name not in ("only", "first", "file"):
            for alternative in several(value):
                yield from ((name, path) for path in summands(alternative))
