"""Collects what the book has of a subject, from its rows as they are before anything is changed.

Sessions and branches of a project are only in `agent_usage.jsonl`, hashes and panes of an account
in `snapshots.jsonl`. Both are changed last, so that a call after a killed one collects the same.
"""

import os
from collections.abc import Iterator
from typing import Any

import msgspec

from burnbook.archive.forget.subject import Subject
from burnbook.book import codec, journal, salt
from burnbook.churn import settings
from burnbook.config.accounts import as_booked, known_as
from burnbook.config.settings import PROJECT
from burnbook.context import Context
from burnbook.rows.usage import MeterReading
from burnbook.windows.accounts.identity import Identities, identities
from burnbook.windows.snapshot_index import snapshot_index
from burnbook.windows.vendor_meters_store import Source


class _Where(msgspec.Struct):
    session: str | None = None
    project: str | None = None
    branch: str | None = None


class _Superseded(msgspec.Struct):
    home: str | None = None
    where: _Where | None = None


class _Request(_Where):
    tool: str = ""
    home: str | None = None
    agent: str | None = None
    superseded: _Superseded | None = None


_decode = msgspec.json.Decoder(_Request).decode


def of_project(ctx: Context, name: str, words: tuple[str, ...]) -> Subject:
    """The subject for a project: a directory as rows have it, or as it is on this machine."""
    given = name.rstrip("/") or name
    path = os.path.abspath(os.path.expanduser(given))
    forms = dict.fromkeys((given, as_booked(path), as_booked(os.path.realpath(path))))
    shown = as_booked(path) if os.path.isabs(os.path.expanduser(given)) else given
    subject = Subject("project", shown, words, tuple(forms))
    subject.repositories = _repositories(ctx, path)
    others: set[str | None] = set()
    for request in _requests(ctx.book.root):
        for where in _contexts(request):
            if subject.has_project(where.project):
                subject.sessions |= _named(where.session)
                subject.branches |= _named(where.branch)
            else:
                others.add(where.branch)
    subject.branches -= others
    return subject


def of_session(name: str, words: tuple[str, ...]) -> Subject:
    """The subject for a session."""
    return Subject("session", name, words, sessions=_named(name))


def of_words(words: tuple[str, ...]) -> Subject:
    """The subject for words alone."""
    return Subject("text", "", words)


def of_account(ctx: Context, name: str, words: tuple[str, ...]) -> Subject:
    """The subject for an account: a label, a hash that snapshots show, or an agent's folder."""
    accounts = ctx.config.accounts
    declared = accounts.declared.get(name)
    homes = set(known_as(declared.homes)) if declared else set[str]()
    if "/" in name:
        homes |= {name.rstrip("/"), as_booked(os.path.abspath(os.path.expanduser(name)))}
    subject = Subject("account", name, words, accounts={name, *homes}, homes=homes)
    _add_snapshots(ctx, subject)
    for request in _requests(ctx.book.root):
        owner = accounts.name(request.tool, request.home, request.agent)
        if owner in subject.accounts or request.home in subject.homes:
            subject.homes |= _named(request.home)
            subject.sessions |= _named(request.session)
    subject.accounts |= subject.homes
    return subject


def _add_snapshots(ctx: Context, subject: Subject) -> None:
    """Adds the panes and readings that show the account, with their hashes and folders."""
    known: dict[str, Identities] = {}
    for _, provider in snapshot_index(ctx).providers():
        known.setdefault(provider, identities(ctx, provider))
    hashes: set[str] = set()
    others: set[str | None] = set()
    for each in known.values():
        for entry in each.entries:
            names = {each.of_snapshot(entry).name, entry.account, entry.home}
            if names & subject.accounts:
                subject.snapshots.add(entry.id)
                hashes |= _named(entry.account)
                subject.homes |= _named(entry.home)
            else:
                others |= {entry.account, entry.home}
    subject.homes -= others
    for row in ctx.book.rows("meters"):
        assert isinstance(row, MeterReading)
        each = known.setdefault(row.provider, identities(ctx, row.provider))
        owner = each.of_reading(Source(row.home, row.agent), row.captured_at)
        if owner in subject.accounts | (hashes - others) or row.home in subject.homes:
            subject.readings.add(row.id)
            subject.sessions |= _named(row.session)
    subject.accounts |= hashes - others


def _requests(root: str) -> Iterator[_Request]:
    for _, line in journal.lines(journal.path_of(root, "agent_usage")):
        try:
            yield _decode(line.removeprefix(codec.BOM))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue  # `check` reports it


def _contexts(request: _Request) -> Iterator[Any]:
    yield request
    if request.superseded is not None and request.superseded.where is not None:
        yield request.superseded.where


def _named(text: str | None) -> set[str]:
    """The text in a set; an empty one for no text, or for one that was forgotten before."""
    return set() if not text or salt.is_pseudonym(text) else {text}


def _repositories(ctx: Context, project: str) -> set[str]:
    """The names of repositories in a directory or below it, as rows have them."""
    declared = settings.read(ctx.config).repositories
    if not declared:
        return {os.path.basename(project)}
    names = set()
    for name, path in declared.items():
        real = os.path.realpath(os.path.join(PROJECT, os.path.expanduser(path)))
        if real == project or real.startswith(f"{project}/"):
            names.add(name)
    return names
