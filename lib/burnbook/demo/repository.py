"""Invents the git repository in which the features of a history were written."""

import os
import random
import subprocess
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from burnbook.base.errors import IOFault, os_sentence

START = "start"
"""The tag of the commit before the first window."""


def create(folder: Path, windows: Sequence[tuple[str, datetime, int]]) -> None:
    """Create a repository with a commit for each feature, and a tag at the end of each window.

    `windows` has the name of each finished window, its end and its features. The commits are always
    the same. Raises IOFault without git.
    """
    draw = random.Random("burnbook repository")  # noqa: S311 - not for cryptography
    stream = "".join(_stream(draw, windows))
    # No config of the user: it may sign commits or run hooks.
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": os.fspath(folder.parent)}
    folder.mkdir(parents=True)
    for words in (("init", "--quiet", "."), ("fast-import", "--quiet")):
        try:
            subprocess.run(
                ["git", *words],
                cwd=folder,
                env=environment,
                input=stream.encode(),
                capture_output=True,
                check=True,
            )
        except OSError as error:
            raise IOFault(os_sentence("the demo cannot run git", error)) from None
        except subprocess.CalledProcessError as error:
            message = error.stderr.decode("utf-8", "replace").strip()
            raise IOFault(f"git {words[0]} failed: {message}") from None


def _stream(draw: random.Random, windows: Sequence[tuple[str, datetime, int]]) -> Iterator[str]:
    """The input of `git fast-import`."""
    first = windows[0][1] if windows else datetime.fromtimestamp(0)
    yield _commit(first, "Start", {"README": "A product\n"}) + _tag(START)
    number = 0
    for name, ends, features in windows:
        for _ in range(features):
            number += 1
            files = {
                f"src/feature_{number}.py": _code(draw, draw.randrange(60, 400)),
                f"tests/test_feature_{number}.py": _tests(draw.randrange(2, 12)),
                f"src/part_{number % 5}.py": _code(draw, draw.randrange(30, 150)),
            }
            yield _commit(ends, f"Add feature {number}", files)
        yield _tag(name)


def _commit(moment: datetime, message: str, files: dict[str, str]) -> str:
    by = f"committer Ada <ada@example.com> {int(moment.timestamp())} +0000\n"
    head = f"commit refs/heads/main\n{by}{_data(message)}"
    return head + "".join(f"M 644 inline {path}\n{_data(text)}" for path, text in files.items())


def _tag(name: str) -> str:
    return f"reset refs/tags/{name}\nfrom refs/heads/main\n\n"


def _data(text: str) -> str:
    return f"data {len(text)}\n{text}\n"


def _code(draw: random.Random, lines: int) -> str:
    return "".join(f"value_{line} = {draw.randrange(1000)}\n" for line in range(lines))


def _tests(count: int) -> str:
    return "".join(f"def test_{number}():\n    assert True\n\n\n" for number in range(count))
