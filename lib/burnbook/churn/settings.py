"""The schema of config/churn.toml: repositories, excluded files, and tests.

A pattern without `/` matches a name in any folder. A pattern with `/` inside matches a path from
the repository's top. A pattern that ends with `/` matches a folder and everything in it. `*` and
`?` match within a name, `**` across folders.
"""

from typing import TYPE_CHECKING, Annotated

import msgspec

from burnbook.base import ids
from burnbook.base.errors import BadConfig

if TYPE_CHECKING:
    from burnbook.config.loader import Config

FILE = "churn.toml"
Pattern = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
Path = Annotated[str, msgspec.Meta(min_length=1, max_length=4096)]

# Files that neither a person nor an agent writes by hand.
_GENERATED = (
    *("*.lock", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "go.sum"),
    *("*.min.js", "*.min.css", "*.map", "*.snap", "*_pb2.py", "*_pb2_grpc.py", "*.pb.go"),
    *("*.generated.*", "dist/", "node_modules/", "vendor/", "third_party/"),
)
_TESTS = (
    *("test_*.py", "*_test.py", "*_test.go", "*.test.*", "*.spec.*", "*_spec.rb", "*Test.java"),
    *("*Test.kt", "*Tests.cs", "*.feature", "*.bats", "**/tests/*.rs"),
)


class Rules(msgspec.Struct, frozen=True):
    """config/churn.toml. Repository paths are relative to the project; `~` is the home folder.

    `folders` are other folders in which logs show work on a repository; `*` is any text.
    """

    record_commits: bool = True
    repositories: dict[str, Path] = {}
    folders: dict[str, tuple[Path, ...]] = {}
    exclude: tuple[Pattern, ...] = _GENERATED
    tests: tuple[Pattern, ...] = _TESTS


def read(config: "Config") -> Rules:
    """Returns the rules. Raises BadConfig, also if a repository's name is not an id."""
    rules = config.whole(FILE, Rules)
    for name in rules.repositories:
        if not ids.valid(name):
            raise BadConfig(
                f"{config.root}/{FILE}: repositories.{name} = {name!r} is not valid; "
                f"valid: an id, {ids.RULE}",
                FILE,
                f"repositories.{name}",
            )
    for name in rules.folders:
        if name not in rules.repositories:
            raise BadConfig(
                f"{config.root}/{FILE}: folders.{name} is not valid; valid: a name of repositories",
                FILE,
                f"folders.{name}",
            )
    return rules
