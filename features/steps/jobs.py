"""The user's crontab, kept in a file by a program like Debian's; and commands to capture from."""

import json

from behave import given, then
from behave.runner import Context
from scratch import PROJECT, Scratch

_CRONTAB = """\
#!/bin/sh
tab=$HOME/tab
case $1 in
-h) echo '-n (dry run: checks the syntax, then bails out)' ;;
-l) [ -e "$tab" ] && exec cat "$tab"; echo 'no crontab for ada' >&2; exit 1 ;;
-n) exit 0 ;;
-) cat >"$tab" ;;
-r) rm "$tab" ;;
esac
"""


def _program(scratch: Scratch, name: str, text: str) -> None:
    folder = scratch.root / "programs"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    (folder / name).chmod(0o755)
    scratch.environment["PATH"] = f"{folder}:/usr/bin:/bin"


@given("Ada has no crontab")
def no_crontab(context: Context) -> None:
    _program(context.scratch, "crontab", _CRONTAB)


@given("Ada's crontab is")
def keep_crontab(context: Context) -> None:
    _program(context.scratch, "crontab", _CRONTAB)
    text = context.text.replace("PROJECT", str(PROJECT))
    (context.scratch.home / "tab").write_text(text + "\n", "utf-8")


@given("the program {name:Word} prints")
def prints(context: Context, name: str) -> None:
    (context.scratch.root / "printed").write_text(context.text + "\n", "utf-8")
    _program(context.scratch, name, f"#!/bin/sh\ncat '{context.scratch.root}/printed'\n")


@then("Ada's crontab is now")
def crontab_is(context: Context) -> None:
    actual = context.scratch.masked((context.scratch.home / "tab").read_text("utf-8"))
    assert actual == context.text + "\n", actual


@then("Ada has no crontab any more")
def crontab_gone(context: Context) -> None:
    assert not (context.scratch.home / "tab").exists()


@then("the book keeps these captures")
def captures(context: Context) -> None:
    folder = context.scratch.book / "captures"
    actual = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert actual == sorted(row["file"] for row in context.table), actual


@then("the book keeps a record of the project's own lines and {count:d} others")
def record(context: Context, count: int) -> None:
    [path] = (context.scratch.book / "crontabs").iterdir()
    row = json.loads(path.read_text("utf-8"))
    table = (context.scratch.home / "tab").read_text("utf-8")
    others = table.replace(row["block"], "").splitlines()
    assert row["block"] in table and row["other_lines"] == len(others) == count, row
    assert not any(line in path.read_text("utf-8") for line in others), row
