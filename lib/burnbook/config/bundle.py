"""What config/bundle.toml declares: where review bundles go."""

import os
from typing import Annotated

import msgspec

from burnbook.base.errors import BadConfig
from burnbook.base.rooted_path import RootedPath, folder_of_config
from burnbook.config.loader import Config
from burnbook.config.settings import PROJECT


class Bundle(msgspec.Struct, frozen=True):
    """config/bundle.toml."""

    folder: Annotated[str, msgspec.Meta(min_length=1, max_length=4096)] = (
        "~/Downloads/agentos_tmp_review"
    )


def folder_in(config: Config, book: str) -> RootedPath:
    """The folder; where it is in the book, no link on the way to it is followed."""
    return folder_of_config(folder(config), book)


def folder(config: Config) -> str:
    """The folder as a whole path; `~/` is home, a relative path counts from the project."""
    said = config.whole("bundle.toml", Bundle).folder
    if not said.startswith("~"):
        return os.path.normpath(os.path.join(PROJECT, said))
    home = os.environ.get("HOME", "")
    file = os.path.join(config.root, "bundle.toml")
    if not said.startswith("~/"):
        raise BadConfig(f"{file}: folder = {said!r} is not valid; valid: ~/... or a plain path")
    if not os.path.isabs(home):
        raise BadConfig(
            f"{file}: folder = {said!r} needs HOME, which is {repr(home) if home else 'not set'}"
        )
    return os.path.normpath(home + said[1:])
