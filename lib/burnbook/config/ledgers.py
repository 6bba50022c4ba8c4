"""What config/ledgers.toml declares: where people's pages are."""

import os
from typing import Annotated, NamedTuple

import msgspec

from burnbook.base.rooted_path import RootedPath, folder_of_config
from burnbook.config.loader import Config
from burnbook.config.settings import PROJECT

Place = Annotated[str, msgspec.Meta(min_length=1, max_length=4096)]


class Ledgers(msgspec.Struct, frozen=True):
    """config/ledgers.toml: the folder of the ledgers, and the page with the handoff."""

    folder: Place = "docs/Ledgers"
    handoff: Place = "docs/SESSION_HANDOFF.md"


class Pages(NamedTuple):
    """Where the pages are: the directory of the ledgers, and the file of the handoff."""

    folder: RootedPath
    handoff: RootedPath


def ledgers(config: Config, book: str) -> Pages:
    """The paths of the pages; a relative one counts from the project."""
    declared = config.whole("ledgers.toml", Ledgers)
    above, name = os.path.split(os.path.join(PROJECT, declared.handoff))
    return Pages(
        folder_of_config(os.path.join(PROJECT, declared.folder), book),
        folder_of_config(above, book) / name,
    )


def shown(path: str) -> str:
    """A path for a page that others read: from the project, where it is below it."""
    below = path.startswith(PROJECT + os.sep)
    return os.path.relpath(path, PROJECT) if below else path
