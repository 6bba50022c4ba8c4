"""SECURITY.md promises what a test shows, and no more."""

import re

import pytest
from frontdoor import ROOT

PAGE = (ROOT / "SECURITY.md").read_text("utf-8")
PROMISES = re.findall(r"^\| (.+) \| `(tests/\S+)` \|$", PAGE, re.MULTILINE)


def test_each_promise_names_a_test() -> None:
    rows = [row for row in PAGE.splitlines() if row.startswith("| ") and "---" not in row]
    assert len(rows) - 1 == len(PROMISES) > 10


@pytest.mark.parametrize(("promise", "test"), PROMISES, ids=[test for _, test in PROMISES])
def test_the_test_of_a_promise_is_there(promise: str, test: str) -> None:
    file, _, name = test.partition("::")
    source = (ROOT / file).read_text("utf-8")
    assert re.search(rf"^def {name or 'test_'}", source, re.MULTILINE), promise


def test_the_readme_leads_to_it() -> None:
    assert "(SECURITY.md)" in (ROOT / "README.md").read_text("utf-8")
