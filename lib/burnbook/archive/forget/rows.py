"""Replaces texts in one row of a journal. Its id, its figures and its moments stay.

Rows are changed as JSON, so that a field that this version does not know is kept.
"""

import zlib
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from burnbook.archive.forget.subject import GONE, Pseudonyms, Subject, renamed, texts_of
from burnbook.archive.forget.texts import Texts, of_word
from burnbook.base.errors import BadData
from burnbook.book import codec
from burnbook.config.accounts import Accounts
from burnbook.rows.meters import MAX_TEXT

_STAMPS = ("row", *codec.kind_of("meters").__struct_fields__[:9])
_CRC = b',"crc":"'
# Ids, words of fixed lists, and names that other rows and the configuration refer to.
_KEPT = frozenset(
    (
        *("id", "row", "schema_version", "tool_version", "recorded_at", "rewritten_at", "host"),
        *("agent", "agents", "window", "window_before", "provider", "tool", "model", "crc"),
        *("chain", "supersedes", "void", "snapshot", "churn", "aliases", "artifact_hash"),
        *("commit_start", "commit_end", "phase", "kind", "status", "lane", "outcome", "result"),
        *("actual_from", "account_from", "unit", "scale", "assumed_from"),
    )
)
_ACCOUNT_FIELDS = frozenset(("account", "account_after", "first", "second"))
_AFTER_HOME = (
    *("subagent", "prompt_tokens", "web_searches", "total_stated", "aliases", "where"),
    *("first", "revision", "supersedes", "superseded", "amounts", "reached", "chain", "crc"),
)
_MILLIONS = ("agent_usage", "proxy_telemetry")
_REPOSITORY_FIELDS = frozenset(("commits",))

_parse = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


class RowChanges:
    """Changes rows of a book for one subject; `moment` is the `rewritten_at` of changed rows.

    `newer` counts the lines of newer versions that have the subject, by journal.
    """

    def __init__(
        self, subject: Subject, names: Pseudonyms, accounts: Accounts, moment: datetime
    ) -> None:
        self.subject, self.names, self._accounts = subject, names, accounts
        self.texts = texts_of(subject, names)
        self._renamed = renamed(subject, names)
        self._parsed = _parsed(subject)
        self._named = Texts([of_word(name, new) for name, new in self._renamed.items()])
        self._moment = moment
        self.newer = Counter[str]()

    def line(self, journal: str, line: bytes) -> bytes:
        """Returns a line with its newline, changed if its row has the subject.

        A row of a newer version stays as it is. Of a line that is no row, only the texts are
        replaced; it stays corrupt.
        """
        bare = line.removeprefix(codec.BOM)
        has_text = self.texts.may_be_in(bare)
        if not has_text and journal not in self._parsed:
            return line
        try:
            row = _parse(bare)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            row = None
        if not isinstance(row, dict) or not isinstance(row.get("id"), str):
            return GONE.encode() + b"\n" if self.texts.are_in(line) else line
        if codec.newer(bare) is not None:
            self.newer[journal] += self.texts.are_in(line)
            return line
        changed = self.row(journal, row, has_text=has_text)
        return line if changed == row else self._encoded(journal, changed, bare)

    def row(self, journal: str, row: Mapping[str, Any], *, has_text: bool) -> dict[str, Any]:
        """Returns the values of a row, without `rewritten_at` and with its old `crc`.

        Without `has_text`, no text in it is replaced, but for names in fields of their own.
        """
        changed = dict(row)
        if journal == "agent_usage":
            self._change_request(changed)
        elif journal == "imported_usage" and self.subject.has_project(row.get("project")):
            changed["project"] = self.names.short(changed["project"])
        elif row["id"] in self.subject.snapshots or row["id"] in self.subject.readings:
            self._change_home(changed)
            _forget_notes(changed)
        elif journal == "notices":
            self._change_notice(changed)
        elif journal == "anomalies" and {row.get("first"), row.get("second")} & {*self._renamed}:
            changed["detail"] = self._named.replaced(str(row.get("detail")))
        if has_text or journal not in _MILLIONS:
            changed = {name: self._deep(value, name) for name, value in changed.items()}
        if journal.startswith(codec.REJECTS) and changed != row and "text" in changed:
            changed["text"] = GONE
        return changed

    def _change_request(self, row: dict[str, Any]) -> None:
        subject, superseded = self.subject, row.get("superseded")
        tool, agent = row.get("tool"), row.get("agent")
        if isinstance(superseded, dict):
            superseded = dict(superseded)
            where = superseded.get("where")
            if isinstance(where, dict):
                superseded["where"] = dict(where)
                self._change_where(superseded["where"])
            if self._is_of_account(tool, superseded.get("home"), agent):
                _put(superseded, "home", self.names.short(subject.name), _AFTER_HOME)
            row["superseded"] = superseded
        if self._change_where(row):
            _forget_notes(row)
        if self._is_of_account(tool, row.get("home"), agent):
            _put(row, "home", self.names.short(subject.name), _AFTER_HOME)

    def _change_where(self, where: dict[str, Any]) -> bool:
        """Changes project, session and branch of a request; returns whether it is the subject's."""
        subject, project, session = self.subject, where.get("project"), where.get("session")
        is_own = subject.has_project(project) or session in subject.sessions
        if subject.has_project(project):
            where["project"] = self.names.short(str(project))
            if session is not None:
                where["session"] = self.names.session(session)
            if where.get("branch") in subject.branches:
                where["branch"] = self.names.short(where["branch"])
        elif session in subject.sessions:
            where["session"] = self.names.session(str(session))
        return is_own

    def _is_of_account(self, tool: Any, home: Any, agent: Any) -> bool:
        if not self.subject.accounts:
            return False
        return home in self.subject.homes or (
            self._accounts.name(str(tool), home, agent) in self.subject.accounts
        )

    def _change_home(self, row: dict[str, Any]) -> None:
        name = self.names.short(self.subject.name)
        if row.get("account") is not None:
            row["account"] = name
        _put(row, "home", name, _AFTER_HOME)

    def _change_notice(self, row: dict[str, Any]) -> None:
        for key in ("subject", "meter"):
            who, space, rest = str(row.get(key) or "").partition(" ")
            if space and who in self._renamed:
                row[key] = f"{self._renamed[who]} {rest}"

    def _deep(self, value: Any, key: str = "") -> Any:
        """Returns a value with the texts replaced in it, at any depth."""
        if isinstance(value, dict):
            if key in _REPOSITORY_FIELDS:
                value = {self._repository(name): part for name, part in value.items()}
            return {name: self._deep(part, name) for name, part in value.items()}
        if isinstance(value, list):
            return [self._deep(part, key) for part in value]
        if not isinstance(value, str) or key in _KEPT:
            return value
        if key == "repository":
            return self._repository(value)
        if key in _ACCOUNT_FIELDS and value in self._renamed:
            return self._renamed[value]
        changed = self.texts.replaced(value)
        return changed if changed == value else changed[: max(MAX_TEXT, len(value))]

    def _repository(self, name: str) -> str:
        is_own = name in self.subject.repositories
        return self.names.short(name) if is_own else self.texts.replaced(name)

    def _encoded(self, journal: str, row: dict[str, Any], line: bytes) -> bytes:
        """The line of a changed row. A row that was corrupt keeps its wrong `crc`.

        Raises BadData if a valid row would become invalid.
        """
        stamps = {name: row[name] for name in _STAMPS if name in row}
        rest = {name: value for name, value in row.items() if name not in stamps}
        crc = rest.pop("crc", None)
        rest.pop("rewritten_at", None)
        body = _encode({**stamps, "rewritten_at": self._moment, **rest})[:-1]
        was_valid = crc == f"{zlib.crc32(line.rpartition(_CRC)[0]):08x}"
        shown = f"{zlib.crc32(body):08x}" if was_valid else str(crc)
        changed = body + _CRC + shown.encode("utf-8", "replace") + b'"}\n'
        if was_valid and codec.read(journal, line) and not codec.read(journal, changed):
            raise BadData(f"row {row['id']} of {journal}.jsonl cannot be changed: it is too long")
        return changed


def _parsed(subject: Subject) -> frozenset[str]:
    """The journals of which every row is parsed: they have the subject in other words."""
    parsed: set[str] = set()
    if subject.accounts or subject.repositories:
        parsed |= {*codec.JOURNALS} - {"proxy_telemetry", "agent_usage"}
    if subject.accounts or any("/" not in project for project in subject.projects):
        parsed |= {"agent_usage", "imported_usage"}
    return frozenset(parsed)


def _forget_notes(row: dict[str, Any]) -> None:
    if row.get("notes") is not None:
        row["notes"] = GONE


def _put(row: dict[str, Any], name: str, value: Any, before: tuple[str, ...]) -> None:
    """Sets a field; a new one comes before the first of some others, which is its order."""
    if name in row:
        row[name] = value
        return
    names = list(row)
    at = min((names.index(other) for other in before if other in row), default=len(names))
    moved = {key: row.pop(key) for key in names[at:]}
    row[name] = value
    row.update(moved)
