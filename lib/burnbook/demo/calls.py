"""Invents which tools the requests of a session call. Pure."""

import random
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from burnbook.demo.history import Agent, Request

_CLAUDE = {
    **{"": 16, "Bash": 26, "Read": 24, "Edit": 16, "Grep": 9, "Write": 4, "TodoWrite": 4},
    **{"Task": 3, "Skill": 2, "mcp__github__get_issue": 2, "mcp__github__create_pull_request": 1},
    **{"mcp__browser__navigate": 2, "mcp__browser__screenshot": 3, "WebFetch": 1},
}
_CODEX = {
    **{"": 14, "exec_command": 58, "apply_patch": 20, "update_plan": 5, "view_image": 1},
    "mcp__github__get_issue": 2,
}
_SKILLS = ("release-notes", "db-migration", "review-checklist")
_SUBAGENTS = ("Explore", "general-purpose", "test-runner")
_COMMIT = 'git add --all && git commit --message "Save the work"'
_ARGUMENTS = {"Bash": {"command": "make test"}, "exec_command": {"cmd": "make test"}}
_SECOND = 0.12  # of requests with a call have another one
_UNDER_SKILL = (2, 6)  # requests after the call of a skill


class Called(NamedTuple):
    """The calls of a request, as name and arguments, the skill and the subagent it runs under."""

    calls: Sequence[tuple[str, dict[str, Any]]]
    skill: str | None
    subagent: str | None


def called(agent: Agent, requests: Sequence[Request]) -> Iterator[Called]:
    """Yields what each request of a session calls. The last one commits, unless it is on main."""
    draw = random.Random(f"burnbook calls {agent.name} {requests[0].at}")  # noqa: S311 - not for cryptography
    is_codex = agent.tool == "codex"
    names, weights = zip(*(_CODEX if is_codex else _CLAUDE).items(), strict=True)
    skill, left = None, 0
    for number, request in enumerate(requests, 1):
        # The models of another vendor work as subagents.
        subagent = draw.choice(_SUBAGENTS) if request.model.startswith("glm") else None
        chosen = draw.choices(names, weights, k=1 + (draw.random() < _SECOND))
        left -= left > 0
        skill = skill if left else None
        calls = [(name, _arguments(draw, name)) for name in chosen if name]
        if number == len(requests) and request.branch != "main":
            shell, key = ("exec_command", "cmd") if is_codex else ("Bash", "command")
            calls = [(shell, {key: _COMMIT})]
        yield Called(calls, None if subagent else skill, subagent)
        for name, arguments in calls:
            if name == "Skill":
                skill, left = arguments["skill"], draw.randint(*_UNDER_SKILL)


def _arguments(draw: random.Random, name: str) -> dict[str, Any]:
    if name == "Skill":
        return {"skill": draw.choice(_SKILLS)}
    if name == "Task":
        return {"subagent_type": draw.choice(_SUBAGENTS), "prompt": "Look for it"}
    return dict(_ARGUMENTS.get(name, {}))
