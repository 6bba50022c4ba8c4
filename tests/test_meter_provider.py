"""On whose meters a request counts."""

import pytest
from burnbook.cost.meter_provider import meter_provider


@pytest.mark.parametrize(
    ("tool", "model", "served_by", "provider"),
    [
        ("claude", "claude-opus-4-5", None, "claude"),
        ("claude", "glm-4.6", None, "glm"),
        ("claude", "deepseek-v4-pro", None, "deepseek"),
        ("claude", "kimi-k2.5", None, "kimi"),
        ("claude", "claude-opus-4-5", "bedrock", None),
        ("claude", "anthropic/claude-opus-4.5", "openrouter", None),
        ("claude", "a-model-of-tomorrow", None, "claude"),
        ("codex", "gpt-5.2-codex", None, "codex"),
        ("codex", None, None, "codex"),
        ("kimi", "kimi-k2.5", None, "kimi"),
        # Tools that sell the models of others, or use the accounts of others.
        ("copilot", "claude-opus-4-5", None, "copilot"),
        ("opencode", "claude-opus-4-5", "opencode", "opencode"),
        ("opencode", "claude-opus-4-5", "anthropic", "claude"),
        ("opencode", "glm-4.6", "zai-coding-plan", "glm"),
        ("pi", "gpt-5.2-codex", "openai-codex", "codex"),
        ("goose", None, None, "goose"),
    ],
)
def test_a_request_counts_on_the_meters_of_who_served_it(
    tool: str, model: str | None, served_by: str | None, provider: str | None
) -> None:
    assert meter_provider(tool, model, served_by) == provider
