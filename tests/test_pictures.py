"""The pictures of the documents: each is there in light and dark, small, and described in words."""

import re
from pathlib import Path

import pytest
from frontdoor import ROOT

DOCS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
FOLDER = ROOT / "docs" / "pictures"
TAG = re.compile(r"<(?:img|source)\s([^>]*)>")
VALUE = re.compile(r'(\w+)="([^"]*)"')


def shown() -> dict[Path, dict[str, str]]:
    """The attributes of each picture in a document, by its file."""
    tags = [(doc, dict(VALUE.findall(tag))) for doc in DOCS for tag in TAG.findall(doc.read_text())]
    return {doc.parent / (tag.get("src") or tag["srcset"]): tag for doc, tag in tags}


def test_each_picture_is_shown_and_each_shown_picture_exists() -> None:
    assert {path.resolve() for path in shown()} == set(FOLDER.iterdir())


def test_each_picture_is_described_and_has_a_dark_one() -> None:
    for path, tag in shown().items():
        scheme = "light" if "src" in tag else "dark"
        assert path.stem.endswith(f"-{scheme}")
        assert len(tag.get("alt", "")) > 40 or scheme == "dark", path
    names = sorted(path.name.replace("-light", "").replace("-dark", "") for path in shown())
    assert names[::2] == names[1::2]


def test_the_pictures_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 400_000


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.svg")), ids=lambda path: path.name)
def test_a_viewer_loads_nothing_for_a_picture(path: Path) -> None:
    assert not re.findall(r"(?:url\(|href=|src:)\s*[\"']?(?!#)[^)\s]+", path.read_text("utf-8"))
