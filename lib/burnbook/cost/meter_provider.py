"""The provider on whose meters a request counts."""

from burnbook.cost.model_names import reduce_name

# The provider whose meters count the requests to models of a vendor, if the two differ in name.
_PROVIDERS = {"anthropic": "claude", "openai": "codex", "zai": "glm", "google": "gemini"}


def provider_of(model: str | None, served_by: str | None, tool: str | None = None) -> str | None:
    """Returns the provider whose meters a request counts on; None for a reseller's account.

    If nothing shows the model's vendor, it is the tool.
    """
    name = reduce_name(model or "", served_by)
    if name.vendor is None:
        return tool
    return _PROVIDERS.get(name.vendor, name.vendor) if name.served_by == name.vendor else None


def counts_on(provider: str, tool: str, model: str | None, served_by: str | None) -> bool:
    """Whether a request of a tool counts on the meters that the tool's own provider shows.

    A tool that sells the models of others counts all of its requests; Claude Code does not count
    those that a proxy sends to another vendor.
    """
    if tool != provider:
        return False
    return provider not in _PROVIDERS.values() or provider_of(model, served_by, tool) == provider
