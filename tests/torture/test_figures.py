"""`just soak` writes the figures of the tests, and reports missing ones."""

import json
import re
from pathlib import Path

import pytest
from frontdoor import ROOT

from torture import figures, soak
from torture.figures import Figure, long, record


def test_counts_are_short_in_the_suite_and_full_in_a_soak(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BURNBOOK_SOAK", raising=False)
    assert long(3, 1000) == 3
    monkeypatch.setenv("BURNBOOK_SOAK", "1")
    assert long(3, 1000) == 1000
    monkeypatch.setenv("BURNBOOK_SOAK", "0.1")
    assert long(3, 1000) == 100


def test_a_figure_that_is_not_ok_is_kept_and_fails_the_test(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "figures.jsonl"
    monkeypatch.setenv("BURNBOOK_FIGURES", str(path))
    record("P", "test_a", "0 of 5 lost", "0 lost", True)
    with pytest.raises(AssertionError, match="P: 1 of 5 lost"):
        record("P", "test_b", "1 of 5 lost", "0 lost", False)
    with pytest.raises(pytest.skip.Exception, match="no mounts"):
        figures.skip("Q", "test_c", "0 lost", "no mounts here")
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(entry["test"], entry["figure"], entry["ok"]) for entry in rows] == [
        ("test_a", "0 of 5 lost", True),
        ("test_b", "1 of 5 lost", False),
        ("test_c", "not run: no mounts here", False),
    ]
    assert [entry.test for entry in soak.read(path)] == ["test_a", "test_b", "test_c"]


def test_the_page_names_all_that_is_not_at_target() -> None:
    good = Figure("P", "test_a", "0 | 5", "0", True, "2026-11-22")
    bad = Figure("Q", "test_b", "not run: no mounts", "0", False, "2026-11-22")
    text = soak.page([good, bad], ["test_b: known", "test_z: assert 1 == 2"], soak.whole(0.1, 3))
    assert "10% of the full counts" in text
    assert "| P | `test_a` | 0 \\| 5 | 0 | 2026-11-22 |" in text
    assert re.findall("^- .*", text, re.M) == [
        "- Q (`test_b`): not run: no mounts",
        "- `test_z: assert 1 == 2`",
    ]
    assert "Nothing: every figure" in soak.page([good], [], soak.whole(1, 3))


def test_a_partly_renewed_page_reports_it() -> None:
    good = Figure("P", "test_a[a, b]", "0 | 5", "0", True, "2026-11-22")
    bad = Figure("Q", "test_b", "1 lost", "0", False, "2026-11-22")
    other = Figure("R | S", "test_c", "2 lost", "0", False, "2026-11-22")
    same = bad._replace(promise="another promise of that test", ok=True)
    old = soak.page([good, bad, other, same], ["test_z: assert 1"], soak.whole(1, 40))
    corrected = bad._replace(figure="0 lost", ok=True, date="2026-11-23")
    new = soak.renewed(old, [corrected], [])
    message = soak.whole(1, 40)
    message += " Rows with a later date are of tests that were run by themselves."
    assert new == soak.page([good, corrected, other, same], ["test_z: assert 1"], message)
    twice = soak.renewed(new, [other._replace(figure="0 lost", ok=True)], [])
    assert twice.count(message) == 1
    assert re.findall("^- .*", twice, re.M) == ["- `test_z: assert 1`"]


def test_a_test_that_failed_once_is_not_hidden_by_its_next_run(tmp_path: Path) -> None:
    path = tmp_path / "figures.jsonl"
    figures = [Figure("P", "test_a", f"{n} lost", "0", not n, "2026-11-22") for n in (0, 1, 0)]
    path.write_text("".join(json.dumps(figure._asdict()) + "\n" for figure in figures))
    assert [figure.figure for figure in soak.read(path)] == ["1 lost"]


def test_the_page_of_the_project_has_tests_that_there_are() -> None:
    text = soak.PAGE.read_text("utf-8")
    names = re.findall(r"^\| [^|]+ \| `(\w+)(?:\[[^`]*\])?` \|", text, re.MULTILINE)
    source = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name in names if f"def {name}(" not in source] == []
    assert "docs/RELIABILITY.md" in (ROOT / "README.md").read_text("utf-8")
