"""Checks the config, who may write it, ledgers, recipe locks and the schedule."""

import os
import stat
from collections.abc import Callable, Collection, Iterator
from glob import escape, glob
from typing import Any

from burnbook import engines, panes
from burnbook.base import files
from burnbook.base.errors import BurnbookError, os_sentence
from burnbook.check import ledgers
from burnbook.churn import settings
from burnbook.config import folders, schedules
from burnbook.config.loader import Config
from burnbook.config.settings import PROJECT
from burnbook.doctor import Probed, config_files, references
from burnbook.ledgers import csv_ledger, handoff_file
from burnbook.schedule import crontab_file

AREA = "set-up"
# Files that name commands which are run.
_RUNS = ("agents.toml", "budgets.toml", "schedules.toml")


def probe(config: Config, book: str, blocks: Collection[str]) -> list[Probed]:
    """Every probe of the set-up. `blocks` are the blocks that a preview may have."""
    own = [*_config(config, book, blocks), *_owners(config), *_pages(config, book)]
    return [*own, _locks(book), _schedule()]


def _reads(config: Config, book: str) -> dict[str, Callable[[], Any]]:
    """The files of a config by name, and how commands read them."""
    return {
        "windows.toml": lambda: (config.windows, config.zone),
        "budgets.toml": lambda: (config.budgets, config.stops, config.notify),
        "agents.toml": lambda: config.agents,
        "accounts.toml": lambda: config.accounts,
        "preview.toml": lambda: config.preview,
        "prices.toml": lambda: config.prices,
        "prices.json": lambda: [*map(config.prices.of, config.prices.sellers)],
        "price_rules.toml": lambda: config.price_rules,
        "churn.toml": lambda: settings.read(config),
        "engine.toml": lambda: engines.read_settings(config),
        "bundle.toml": lambda: folders.bundle_path(config),
        "books.toml": lambda: folders.followed_books(config),
        "ledgers.toml": lambda: folders.ledgers(config, book),
        "schedules.toml": lambda: schedules.read(config),
        "feeds": lambda: config.feeds,
    }


def _config(config: Config, book: str, blocks: Collection[str]) -> Iterator[Probed]:
    mistakes, valid = config_files.check(config.root, lambda each: _reads(each, book))
    for sentence, name in mistakes.items():
        yield Probed(AREA, name, "fail", sentence)
    unknown = _unknown_files(config, _reads(config, book))
    for name in unknown:
        files = ", ".join(_reads(config, book))
        detail = f"{os.path.join(config.root, name)} is not read; valid: {files}"
        yield Probed(AREA, name, "warn", detail)
    wrong = [*references.wrong_values(valid, panes.known(), blocks)]
    for value in wrong:
        yield Probed(AREA, value.file, value.verdict, value.sentence(config.root))
    if not mistakes and not any(value.verdict == "fail" for value in wrong):
        yield Probed(AREA, "config", "ok", f"{config.root}: every file is valid")


def _unknown_files(config: Config, known: Collection[str]) -> list[str]:
    """TOML files at the top of the folder that no command reads, such as `agent.toml`."""
    try:
        names = sorted(os.listdir(config.root))
    except OSError:
        return []  # reported for every file
    return [name for name in names if name.endswith(".toml") and name not in known]


def _owners(config: Config) -> Iterator[Probed]:
    unsafe = []
    for name in _RUNS:
        path = os.path.join(config.root, name)
        unsafe.append(_fault(lambda path=path: files.check_owned(path)))  # type: ignore[misc]
    for fault in dict.fromkeys(filter(None, unsafe)):
        yield Probed(AREA, "commands", "fail", fault)
    if not any(unsafe):
        yield Probed(AREA, "commands", "ok", "only you can write the config files that name them")


def _pages(config: Config, book: str) -> Iterator[Probed]:
    try:
        paths = folders.ledgers(config, book)
    except BurnbookError:
        return  # reported by `_config`
    checks: list[tuple[str, Callable[[], Any]]] = [
        (form.file, lambda form=form: csv_ledger.check(paths.folder, form))  # type: ignore[misc]
        for form, _, _ in ledgers.LEDGERS
    ]
    checks.append(("handoff", lambda: handoff_file.check(paths.handoff)))
    faults = [(name, _fault(check)) for name, check in checks]
    for name, fault in faults:
        if fault is not None:
            yield Probed(AREA, name, "fail", fault)
    if not any(fault for _, fault in faults):
        yield Probed(AREA, "ledgers", "ok", str(paths.folder))


def _locks(root: str) -> Probed:
    """The locks of recipes, which bin/_locked opens without following links."""
    for path in sorted(glob(os.path.join(escape(root), ".recipe.*.lock"))):
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode):
            return Probed(AREA, "recipe locks", "fail", f"{path} is not a regular file; remove it")
        if not os.access(path, os.W_OK):
            return Probed(AREA, "recipe locks", "fail", f"{path} cannot be written")
    return Probed(AREA, "recipe locks", "ok", "regular files")


def _schedule() -> Probed:
    try:
        table = crontab_file.read() or b""
        is_there = crontab_file.without(table, PROJECT) != table
    except BurnbookError as error:
        return Probed(AREA, "schedule", "warn", f"unknown: {error}")
    if is_there:
        return Probed(AREA, "schedule", "ok", "the jobs are in your crontab")
    return Probed(AREA, "schedule", "ok", "no jobs in your crontab; schedule install adds them")


def _fault(action: Callable[[], Any]) -> str | None:
    try:
        action()
    except BurnbookError as error:
        return str(error)
    except OSError as error:
        return os_sentence("cannot be read", error)
    return None
