"""The provider on whose meters a request counts."""

from burnbook.cost.model_names import SELLERS, VENDORS, reduce_name

# The provider whose meters count the requests to models of a vendor, if the two differ in name.
_PROVIDERS = {
    **{"anthropic": "claude", "openai": "codex", "zai": "glm", "google": "gemini"},
    "moonshotai": "kimi",
}
_OF_VENDORS = {_PROVIDERS.get(vendor, vendor) for vendor in VENDORS}


def meter_provider(tool: str, model: str | None, served_by: str | None) -> str | None:
    """Returns the provider whose meters a tool's request counts on; None for a reseller's account.

    The requests of a vendor's own tool count for the model's vendor, because a proxy may send them
    to another one. Those of any other tool count for itself, unless its log names a vendor.
    """
    if tool in _OF_VENDORS or SELLERS.get((served_by or "").lower()) in VENDORS:
        return provider_of(model, served_by, tool)
    return tool


def provider_of(model: str | None, served_by: str | None, tool: str | None = None) -> str | None:
    """Returns the provider of a model's vendor; None for a reseller's account.

    If nothing shows the model's vendor, it is the tool.
    """
    name = reduce_name(model or "", served_by)
    if name.vendor is None:
        return tool
    return _PROVIDERS.get(name.vendor, name.vendor) if name.served_by == name.vendor else None
