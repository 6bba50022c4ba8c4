"""Folders outside the book: config/ledgers.toml, bundle.toml and books.toml."""

import os
from typing import Annotated, NamedTuple

import msgspec

from burnbook.base.errors import BadConfig
from burnbook.base.rooted_path import RootedPath, folder_of_config
from burnbook.config.loader import Config
from burnbook.config.settings import PROJECT

PathText = Annotated[str, msgspec.Meta(min_length=1, max_length=4096)]


class Ledgers(msgspec.Struct, frozen=True):
    """config/ledgers.toml: the folder of the ledgers, and the page with the handoff."""

    folder: PathText = "docs/Ledgers"
    handoff: PathText = "docs/SESSION_HANDOFF.md"


class Bundle(msgspec.Struct, frozen=True):
    """config/bundle.toml: the folder that review bundles are written to."""

    folder: PathText = "~/Downloads/agentos_tmp_review"


class Books(msgspec.Struct, frozen=True):
    """config/books.toml: other books, whose rows reports read too."""

    sources: tuple[PathText, ...] = ()
    stale_hours: Annotated[float, msgspec.Meta(gt=0)] = 24


class Pages(NamedTuple):
    """The directory of the ledgers, and the handoff file."""

    folder: RootedPath
    handoff: RootedPath


def ledgers(config: Config, book: str) -> Pages:
    """Returns the paths of the pages; relative ones start at the project."""
    declared = config.whole("ledgers.toml", Ledgers)
    parent, name = os.path.split(os.path.join(PROJECT, declared.handoff))
    return Pages(
        folder_of_config(os.path.join(PROJECT, declared.folder), book),
        folder_of_config(parent, book) / name,
    )


def shown(path: str) -> str:
    """Returns a path for a page that others read: relative to the project if it is inside it."""
    is_inside = path.startswith(PROJECT + os.sep)
    return os.path.relpath(path, PROJECT) if is_inside else path


def bundles(config: Config, book: str) -> RootedPath:
    """Returns the bundle folder. If it is inside the book, no link on the way is followed."""
    return folder_of_config(bundle_path(config), book)


def bundle_path(config: Config) -> str:
    """Returns the bundle folder as an absolute path; `~/` is home, a relative path starts at the
    project."""
    folder = config.whole("bundle.toml", Bundle).folder
    return _absolute(config, "bundle.toml", "folder", folder, PROJECT)


def followed_books(config: Config) -> list[str]:
    """Returns the directories of the followed books as absolute paths; `~/` is home, a relative
    path starts at the folder that has the config directory."""
    start = os.path.dirname(os.path.abspath(config.root))
    sources = books(config).sources
    return [
        _absolute(config, "books.toml", f"sources[{number}]", source, start)
        for number, source in enumerate(sources)
    ]


def books(config: Config) -> Books:
    """Returns the settings about other books."""
    return config.whole("books.toml", Books)


def _absolute(config: Config, name: str, key: str, folder: str, start: str) -> str:
    if not folder.startswith("~"):
        return os.path.normpath(os.path.join(start, folder))
    home = os.environ.get("HOME", "")
    file = os.path.join(config.root, name)
    if not folder.startswith("~/"):
        raise BadConfig(f"{file}: {key} = {folder!r} is not valid; valid: ~/... or a plain path")
    if not os.path.isabs(home):
        raise BadConfig(
            f"{file}: {key} = {folder!r} needs HOME, which is {repr(home) if home else 'not set'}"
        )
    return os.path.normpath(home + folder[1:])
