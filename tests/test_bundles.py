"""A bundle: the same bytes wherever and whenever it is made, and nothing of others is touched."""

import csv
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from burnbook.base.errors import BadConfig, BadData, IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.config.folders import bundle_path
from burnbook.config.loader import Config
from burnbook.review import bundle_folder
from conftest import ROOT, Shell, codex

FILES = {"preview.md": [b"one\n", b"two\n"], "journals/windows.jsonl": [b"{}\n"]}


def tree(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


@pytest.fixture
def full(shell: Shell) -> Shell:
    """A book with a bit of everything, and its pages beside it."""
    folder = shell.book.parent
    shell.environment |= {"HOME": str(folder / "home"), "TZ": "UTC"}
    (shell.config / "ledgers.toml").write_text(
        f'folder = "{folder}/Ledgers"\nhandoff = "{folder}/HANDOFF.md"\n'
    )
    (folder / "HANDOFF.md").write_text("by hand\n")
    (folder / "report.xml").write_text("<testsuite/>")
    start = ("snapshot", "start", "codex", "--window", "W0-CHN", "--at", "2026-11-22T09:00Z")
    shell.ok(*start, stdin=codex(11))
    shell.ok("snapshot", "end", "codex", "--at", "2026-11-22T12:30Z", stdin=codex(51))
    shell.ok(*start[:4], "W0-CHP", "--at", "2026-11-22T12:31Z", stdin=codex(51))
    usage = str(ROOT / "samples" / "telemetry" / "usage.jsonl")
    shell.ok("ingest", "proxy-telemetry", "--window", "W0-CHN", "--file", usage)
    words = ("--window", "W0-CHN", "--capability", "c", "--run", "r", "--runner", "x")
    shell.ok("evidence", *words, "--result", "pass", "--artifact", str(folder / "report.xml"))
    return shell


def test_the_same_book_gives_the_same_bytes_elsewhere_and_later(full: Shell) -> None:
    bundles = []
    for name, moment in (("one", "2026-11-22T13:00Z"), ("other", "2031-05-01T03:04Z")):
        (full.config / "bundle.toml").write_text(f'folder = "{full.book.parent}/{name}"\n')
        shutil.rmtree(full.book / "cache", ignore_errors=True)
        output = full.json("bundle", "W0-CHN", "--at", moment, AGENT_ID=name)
        assert output["new"]
        bundles.append(tree(full.book.parent / name / "W0-CHN"))
    assert bundles[0] == bundles[1]
    assert {"handoff.md", "journals/proxy_telemetry.jsonl", "preview.md"} <= set(bundles[0])
    # As of AFTER, the last event in the window, for any --at.
    assert b"(in 11h 31m)" in bundles[0]["preview.md"]


def test_the_manifest_verifies_with_sha256sum(full: Shell) -> None:
    root = Path(full.json("bundle", "W0-CHN")["folder"])
    listed = json.loads((root / "manifest.json").read_text())["files"]
    sums = "".join(f"{file['sha256']}  {file['path']}\n" for file in listed)
    subprocess.run(["sha256sum", "--check", "--quiet"], cwd=root, input=sums, text=True, check=True)
    lines = (root / "journals" / "proxy_telemetry.jsonl").read_bytes()
    assert lines == (full.book / "proxy_telemetry.jsonl").read_bytes()


def test_secrets_that_people_wrote_into_pages_are_not_bundled(full: Shell) -> None:
    key, mail = "sk-" + "ant-api03-abcd1234EFGH", "ada" + "@example.com"
    folder = full.book.parent
    (folder / "HANDOFF.md").write_text(f"call with {key}, ask {mail}\n")
    ledger = folder / "Ledgers" / "Acceptance_Evidence.csv"
    head, row = ledger.read_text().splitlines()
    cells = row.split(",")
    cells[3] = f'"token: {key}, of {mail}"'
    ledger.write_text(f"{head}\n{','.join(cells)}\n")
    root = Path(full.json("bundle", "W0-CHN")["folder"])
    bundled = tree(root)
    assert all(key.encode() not in d and mail.encode() not in d for d in bundled.values())
    assert bundled["handoff.md"].startswith(b"call with [key], ask [email]\n")
    [_, shown] = csv.reader(bundled["ledgers/Acceptance_Evidence.csv"].decode().splitlines())
    assert shown == [*cells[:3], "token: [key], of [email]", *cells[4:]]
    assert key in ledger.read_text()


def test_the_book_is_not_changed_by_it(full: Shell) -> None:
    before = full.tree()
    full.ok("bundle", "W0-CHN")
    after = full.tree()
    assert {n: d for n, d in before.items() if not n.startswith("cache/")} == {
        n: d for n, d in after.items() if not n.startswith("cache/")
    }


def test_a_file_of_the_bundle_before_goes_when_the_new_one_has_none(tmp_path: Path) -> None:
    bundle_folder.put(RootedPath(str(tmp_path)), "W", FILES)
    manifest, is_new = bundle_folder.put(RootedPath(str(tmp_path)), "W", {"decision.md": [b"x"]})
    assert is_new
    assert set(tree(tmp_path)) == {"W/decision.md", "W/manifest.json"}
    assert manifest.files == (
        bundle_folder.File("decision.md", 1, hashlib.sha256(b"x").hexdigest()),
    )
    assert bundle_folder.put(RootedPath(str(tmp_path)), "W", {"decision.md": [b"x"]}) == (
        manifest,
        False,
    )


def test_a_killed_call_is_completed(tmp_path: Path) -> None:
    bundle_folder.put(RootedPath(str(tmp_path)), "W", FILES)
    whole = tree(tmp_path)
    (tmp_path / ".W.new" / "journals").mkdir(parents=True)
    (tmp_path / ".W.new" / "preview.md").write_bytes(b"half")
    (tmp_path / "W").rename(tmp_path / ".W.old")
    assert bundle_folder.put(RootedPath(str(tmp_path)), "W", FILES)[1]
    assert tree(tmp_path) == whole


@pytest.mark.parametrize(
    "name", ["file", "link", "manifest", "other window", "link inside", ".W.new", ".W.old"]
)
def test_files_of_others_are_refused_and_kept(tmp_path: Path, name: str) -> None:
    target = tmp_path / "W"
    if name == "file":
        target.write_text("mine")
    elif name == "link":
        (tmp_path / "elsewhere").mkdir()
        target.symlink_to("elsewhere")
    else:
        bundle_folder.put(RootedPath(str(tmp_path)), "V" if name == "other window" else "W", FILES)
        if name == "other window":
            (tmp_path / "V").rename(target)
        elif name == "manifest":
            (target / "manifest.json").write_text('{"files": 1}')
        elif name in (".W.new", ".W.old"):
            (tmp_path / name / "journals").mkdir(parents=True)
            (tmp_path / name / "journals" / "thesis.txt").write_text("mine")
        else:
            (target / "more").symlink_to("/etc")
    before = sorted(os.walk(tmp_path)), tree(tmp_path)
    with pytest.raises((BadData, IOFault), match=r"move it away|is a symbolic link"):
        bundle_folder.put(RootedPath(str(tmp_path)), "W", {"decision.md": [b"x"]})
    assert (sorted(os.walk(tmp_path)), tree(tmp_path)) == before


def test_a_fault_in_the_middle_leaves_the_bundle_before(tmp_path: Path) -> None:
    bundle_folder.put(RootedPath(str(tmp_path)), "W", FILES)
    before = tree(tmp_path / "W")

    def broken() -> Any:
        yield b"x"
        raise OSError(5, "broken")

    with pytest.raises(IOFault, match="broken"):
        bundle_folder.put(RootedPath(str(tmp_path)), "W", {"preview.md": broken()})
    assert tree(tmp_path / "W") == before


@pytest.mark.parametrize(
    ("setting", "home", "wanted"),
    [
        ("~/x/../y", "/h", "/h/y"),
        ("/abs", "", "/abs"),
        ("rel", "", str(ROOT / "rel")),
        ("~/x", "", BadConfig),
        ("~/x", "relative", BadConfig),
        ("~bo/x", "/h", BadConfig),
        ("~", "/h", BadConfig),
    ],
)
def test_where_bundles_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str, home: str, wanted: Any
) -> None:
    (tmp_path / "bundle.toml").write_text(f"folder = '{setting}'\n")
    monkeypatch.setenv("HOME", home)
    if isinstance(wanted, str):
        assert bundle_path(Config(str(tmp_path))) == wanted
    else:
        with pytest.raises(wanted, match=r"bundle\.toml: folder = "):
            bundle_path(Config(str(tmp_path)))
