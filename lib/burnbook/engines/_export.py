"""The files of an export. The manifest names them, because a folder may have others as well."""

import os

import msgspec

from burnbook.base import files
from burnbook.base.errors import BadData, IOFault, Missing, os_sentence

MANIFEST = "manifest.json"
_MAX_MANIFEST = 64 << 20  # bytes


class _Manifest(msgspec.Struct):
    files: dict[str, msgspec.Raw]


class Export:
    """A folder that `export parquet` wrote. `files` are those of its manifest, by kind."""

    def __init__(self, folder: str) -> None:
        self.folder = os.path.abspath(folder)
        self._files: dict[str, list[str]] = {}
        for path in self._listed():
            kind, _, _ = path.removeprefix("kind=").partition("/")
            self._files.setdefault(kind, []).append(os.path.join(self.folder, path))

    def files(self, kind: str) -> list[str]:
        """Returns the paths of the files of a kind, sorted; none if there are none."""
        return sorted(self._files.get(kind, ()))

    @property
    def kinds(self) -> list[str]:
        """The kinds that have files, sorted."""
        return sorted(self._files)

    def _listed(self) -> list[str]:
        path = os.path.join(self.folder, MANIFEST)
        try:
            text = files.read_text(path, _MAX_MANIFEST)
            paths = [*msgspec.json.decode(text, type=_Manifest).files]
        except FileNotFoundError:
            raise Missing(
                f"{self.folder} has no {MANIFEST}; write it with `export parquet {self.folder}`"
            ) from None
        except OSError as error:
            raise IOFault(os_sentence("cannot read the export", error)) from None
        except (ValueError, RecursionError):
            raise BadData(f"{path} is not the manifest of an export") from None
        for name in paths:
            if not name.startswith("kind=") or ".." in name.split("/"):
                raise BadData(f"{path} names {name[:200]!r}, which is not a file of an export")
        return paths
