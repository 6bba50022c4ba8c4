"""Serves the tools over stdin and stdout with the official SDK of the Model Context Protocol.

The packages of the extra `mcp` must be importable. They are imported by name, because neither mypy
nor other commands have them.
"""

from importlib import import_module
from typing import Any

import msgspec

from burnbook import __version__
from burnbook.mcp_server.answers import Answers, schema
from burnbook.mcp_server.tools import TOOLS, Tool

_INSTRUCTIONS = (
    "burnbook records what coding agents use of their subscription limits. Call `meters` before a"
    " large piece of work, and when you choose an account or a model: it shows what is left of each"
    " limit and when it resets. `budget` says whether to stop. All tools only read."
)


def serve(answers: Answers) -> None:
    """Serves until the client closes stdin. stdout carries nothing but the protocol."""
    import_module("anyio").run(_serve, answers)


async def _serve(answers: Answers) -> None:
    stdio = import_module("mcp.server.stdio")
    server = _server(answers)
    async with stdio.stdio_server() as (read_stream, write_stream):
        options = server.create_initialization_options()
        await server.run(read_stream, write_stream, options)


def _server(answers: Answers) -> Any:
    anyio, types = import_module("anyio"), import_module("mcp_types")
    tools = [_declared(types, tool) for tool in TOOLS]
    # One call at a time: they share the configuration, and most of the work holds the GIL.
    alone = anyio.CapacityLimiter(1)

    async def list_tools(_context: Any, _params: Any) -> Any:
        return types.ListToolsResult(tools=tools)

    async def call_tool(_context: Any, params: Any) -> Any:
        arguments = params.arguments or {}
        reply = await anyio.to_thread.run_sync(answers.reply, params.name, arguments, limiter=alone)
        if reply.data is None:
            return _result(types, reply.error or "", is_error=True)
        text = msgspec.json.encode(reply.data).decode()
        return _result(types, text, structured_content=reply.data)

    return import_module("mcp.server.lowlevel").Server(
        "burnbook",
        title="burnbook",
        version=__version__,
        instructions=_INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _result(types: Any, text: str, **more: Any) -> Any:
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], **more)


def _declared(types: Any, tool: Tool) -> Any:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=schema(tool.input),
        output_schema=schema(tool.output),
        annotations=types.ToolAnnotations(
            title=tool.title,
            read_only_hint=True,
            destructive_hint=False,
            idempotent_hint=True,
            open_world_hint=False,
        ),
    )
