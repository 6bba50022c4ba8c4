"""Answers one call of a tool from the book as it is now."""

from typing import Any, NamedTuple

import msgspec

from burnbook.base.errors import BurnbookError, IOFault
from burnbook.base.text import one_line
from burnbook.context import Context, note_followed, note_skipped_rows, reopened
from burnbook.followed.hosts import warnings
from burnbook.mcp_server.bounds import bounded, safe
from burnbook.mcp_server.tools import TOOLS, Commands, Tool


class Reply(NamedTuple):
    """The result of a call: the data that fits the tool's output schema, or an error."""

    data: dict[str, Any] | None
    error: str | None = None


class Answers:
    """The tools over one book."""

    def __init__(self, ctx: Context, commands: Commands) -> None:
        self._ctx, self._commands = ctx, commands
        self._tools = {tool.name: tool for tool in TOOLS}

    def reply(self, name: str, arguments: dict[str, Any]) -> Reply:
        """Returns the answer of a tool, or what was wrong in one sentence."""
        tool = self._tools.get(name)
        if tool is None:
            valid = ", ".join(self._tools)
            return Reply(None, f"there is no tool {name[:80]!r}; valid: {valid}")
        try:
            return Reply(self._read(tool, arguments))
        except BurnbookError as error:
            message = str(error)
        except msgspec.ValidationError as error:
            message = f"wrong arguments of {name}: {error}"
        except Exception as error:
            # The agent must get an answer, whatever is wrong, and no detail of this machine.
            message = f"internal error, {type(error).__name__}; run check on the book"
        return Reply(None, safe(one_line(message)))

    def _read(self, tool: Tool, arguments: dict[str, Any]) -> dict[str, Any]:
        given = msgspec.convert(arguments, tool.input)
        ctx = reopened(self._ctx)
        try:
            result = tool.read(ctx, self._commands, given)
            note_followed(ctx)
            note_skipped_rows(ctx)
            ctx.notes.extend(warnings(ctx))
        except Exception as error:
            if ctx.store.discard_damaged(error):
                raise IOFault("the cache was damaged and has been deleted; call again") from None
            raise
        finally:
            ctx.store.close()
        data: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(result.data, enc_hook=list))
        data = safe(data)
        left_out = bounded(data, result.limits, newest_last=result.newest_last)
        notes = [f"{count:,} more {key} are left out" for key, count in left_out.items()]
        return {**data, "left_out": left_out, "notes": [*safe(ctx.notes), *notes]}


def schema(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """Returns the JSON Schema of a type, as an object with its definitions."""
    [root], definitions = msgspec.json.schema_components((kind,), ref_template="#/$defs/{name}")
    top: dict[str, Any] = definitions.pop(root["$ref"].rpartition("/")[2])
    return {**top, "$defs": definitions} if definitions else top
