"""What config/ledgers.toml declares: where people's pages are."""

import os
from typing import Annotated

import msgspec

from burnbook.config import Config
from burnbook.settings import PROJECT

Place = Annotated[str, msgspec.Meta(min_length=1, max_length=4096)]


class Ledgers(msgspec.Struct, frozen=True):
    """config/ledgers.toml: the folder of the ledgers, and the page with the handoff."""

    folder: Place = "docs/Ledgers"
    handoff: Place = "docs/SESSION_HANDOFF.md"


def ledgers(config: Config) -> Ledgers:
    """The places as whole paths; a relative one counts from the project."""
    said = config.whole("ledgers.toml", Ledgers)
    return Ledgers(os.path.join(PROJECT, said.folder), os.path.join(PROJECT, said.handoff))


def shown(path: str) -> str:
    """A path for a page that others read: from the project, where it is below it."""
    below = path.startswith(PROJECT + os.sep)
    return os.path.relpath(path, PROJECT) if below else path
