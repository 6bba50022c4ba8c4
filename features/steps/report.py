"""The files that `report` writes."""

from behave import then
from behave.runner import Context


@then("the files {first:Word} and {second:Word} are equal")
def equal(context: Context, first: str, second: str) -> None:
    folder = context.scratch.folder
    assert (folder / first).read_bytes() == (folder / second).read_bytes()


@then("the file {name:Word} begins with {text:Quoted}")
def begins(context: Context, name: str, text: str) -> None:
    content = (context.scratch.folder / name).read_text("utf-8")
    assert content.startswith(text), content[:200]


@then("the file {name:Word} contains {text:Quoted}")
def contains(context: Context, name: str, text: str) -> None:
    assert text in (context.scratch.folder / name).read_text("utf-8")
