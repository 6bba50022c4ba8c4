"""Unusual files of other tools."""

from behave import given, then
from behave.runner import Context


@given("the older tracker's {name:Word} is a link")
def make_link(context: Context, name: str) -> None:
    path = context.scratch.home / "old" / name
    path.rename(context.scratch.home / "elsewhere.jsonl")
    path.symlink_to(context.scratch.home / "elsewhere.jsonl")


@then("nothing was written but the cache")
def only_cache(context: Context) -> None:
    changes = [path for path in context.scratch.changes() if "/cache" not in path]
    assert not changes, changes
