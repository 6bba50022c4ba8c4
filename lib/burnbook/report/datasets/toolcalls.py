"""What the period's tokens went to, by tool, MCP server, skill and subagent."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from burnbook.report.scene import Scene

_REPORTS = {"toolcall": "tool", "mcp": "MCP server", "skill": "skill", "subagent": "subagent"}
_MOST = 15


def rows(scene: "Scene") -> list[dict[str, Any]]:
    """The 15 largest shares of each kind: calls, requests, tokens, their share, and USD.

    `usd` is null where a part of it is unknown. A kind that no request uses is not drawn.
    """
    from burnbook.insight.spending.division import divide_requests

    result = []
    for report, kind in _REPORTS.items():
        divided = divide_requests(report, scene.spent)
        if not divided.named:
            continue
        for name, share in divided.shares[:_MOST]:
            result.append(
                {
                    **{"kind": kind, "name": name, "calls": share.calls},
                    **{"requests": share.requests, "tokens": share.total},
                    "share": share.total / divided.tokens if divided.tokens else None,
                    "usd": share.usd.whole,
                }
            )
    return result
