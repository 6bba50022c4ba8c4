"""Input for a reviewer: ledgers in the home folder, bundles, and their windows."""

import hashlib
import json
import shutil
from pathlib import Path

from behave import given, then
from behave.runner import Context

_AT = "--at 2026-11-22T12:31Z"


@given("a finished window {window:Word}")
def finished(context: Context, window: str) -> None:
    """BEFORE and AFTER of Ada, churn, evidence, and a closing with outcome pass."""
    context.execute_steps(
        f"""
        Given the repository app
        And app has the commit begin
          | file | lines |
          | list | one   |
        And app has the commit end
          | file | lines   |
          | list | one two |
        And Ada starts codex in {window} at 09:00 with 5h 11%, weekly 24%
        And Ada ends codex in {window} at 12:30 with 5h 51%, weekly 31%
        And "bin/finalize --window {window} --features codex=3 --outcome pass {_AT}" was run
        And "bin/churn --window {window} --commit-start begin --commit-end end" was run
        And the file report.xml with
        '''
        <testsuite tests="1"/>
        '''
        And {_evidence(window)} was run
        """.replace("'''", '"""')
    )


def _evidence(window: str) -> str:
    words = f"--window {window} --capability CAP-7 --run r1 --runner pytest --result pass"
    return f'"bin/evidence {words} --artifact ../report.xml"'


@given("the folder {name:Word} has the files")
def folder_of_files(context: Context, name: str) -> None:
    for row in context.table:
        path = context.scratch.home / name / row["file"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(row["text"], "utf-8")


@given("{name:Word} is a link to {target:Word}")
def make_link(context: Context, name: str, target: str) -> None:
    (context.scratch.home / name).symlink_to(target)


@then("the ledger {name:Word} reads")
def ledger_reads(context: Context, name: str) -> None:
    """Its lines; SHA replaces the hash of an artifact."""
    actual = (context.scratch.docs / "Ledgers" / name).read_text("utf-8")
    for path in context.scratch.home.glob("*.xml"):
        actual = actual.replace(hashlib.sha256(path.read_bytes()).hexdigest(), "SHA")
    actual = context.scratch.masked(actual).strip()
    assert actual == context.text.strip(), actual


@given("the last line of the ledger {name:Word} was copied")
def copy_line(context: Context, name: str) -> None:
    path = context.scratch.docs / "Ledgers" / name
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[-1]]), "utf-8")


@given("the ledger {name:Word} begins with {text:Quoted}")
def foreign_ledger(context: Context, name: str, text: str) -> None:
    path = context.scratch.docs / "Ledgers" / name
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")


@given("the ledger {name:Word} is gone")
def lose_ledger(context: Context, name: str) -> None:
    (context.scratch.docs / "Ledgers" / name).unlink()


@then("the bundle of {window:Word} has the files")
def bundle_files(context: Context, window: str) -> None:
    """Every file in it; the manifest names all others with the hashes that they have."""
    root = _bundle(context, window)
    actual = [str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir()]
    wanted = [row["file"] for row in context.table]
    assert sorted(actual) == sorted(wanted), sorted(actual)
    listed = json.loads((root / "manifest.json").read_text("utf-8"))["files"]
    assert [file["path"] for file in listed] == sorted({*actual} - {"manifest.json"})
    for file in listed:
        data = (root / file["path"]).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())


@given("{name:Word} in the bundle of {window:Word} is gone")
def lose_file(context: Context, name: str, window: str) -> None:
    (_bundle(context, window) / name).unlink()


@given("somebody wrote {text:Quoted} into {name:Word} in the bundle of {window:Word}")
def write_into(context: Context, text: str, name: str, window: str) -> None:
    path = _bundle(context, window) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(text)


@then("{name:Word} in the bundle of {window:Word} has the line {text:Quoted}")
def bundled_line(context: Context, name: str, window: str, text: str) -> None:
    lines = (_bundle(context, window) / name).read_text("utf-8").splitlines()
    assert text in [context.scratch.masked(line) for line in lines], lines


@then("{name:Word} in the bundle of {window:Word} has the {count:d} rows of the book")
def bundled_rows(context: Context, name: str, window: str, count: int) -> None:
    lines = (_bundle(context, window) / name).read_text("utf-8").splitlines(keepends=True)
    assert len(lines) == count, lines
    assert set(lines) <= set(context.scratch.lines(Path(name).stem))


@then("only its owner can read the bundle of {window:Word}")
def private_bundle(context: Context, window: str) -> None:
    root = _bundle(context, window)
    modes = {(p.is_dir(), p.stat().st_mode & 0o777) for p in (root, *root.rglob("*"))}
    assert modes == {(True, 0o700), (False, 0o600)}, modes


@then('it exits with {code:d} and says "{text}", and the bundles are unchanged')
def refused(context: Context, code: int, text: str) -> None:
    scratch = context.scratch
    assert (scratch.code, scratch.stdout) == (code, ""), scratch.stderr
    assert text in scratch.stderr.splitlines()[-1], scratch.stderr
    touched = [path for path in scratch.changes() if path.startswith("home/")]
    assert not touched, touched


@then("the bundle folder contains only {window:Word}")
def alone(context: Context, window: str) -> None:
    actual = [path.name for path in _bundle(context, window).parent.iterdir()]
    assert actual == [window], actual


@given("a copy of the bundle of {window:Word}")
def keep_apart(context: Context, window: str) -> None:
    shutil.copytree(_bundle(context, window), context.scratch.home / "apart")
    shutil.rmtree(_bundle(context, window))


@then("the bundle of {window:Word} is identical to the copy")
def same_bytes(context: Context, window: str) -> None:
    first, other = (_read(p) for p in (_bundle(context, window), context.scratch.home / "apart"))
    assert first, "there is no bundle"
    assert first == other


def _bundle(context: Context, window: str) -> Path:
    folder: Path = context.scratch.home / "Downloads" / "agentos_tmp_review" / window
    return folder


def _read(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}
