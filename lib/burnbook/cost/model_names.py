"""Names of models as logs, proxies and clouds write them, reduced to the vendor's own name.

`us.anthropic.claude-opus-4-5-20251101-v1:0`, `claude-opus-4.5@20251101` and
`openrouter/anthropic/claude-opus-4.5:beta` are all `claude-opus-4-5`. The tables below say what is
removed, in the order in which it is. What one vendor's style has is removed from every name, so a
style that is understood for one model is understood for all.
"""

from functools import lru_cache

from msgspec import Struct

from burnbook.base.text import regex

# Who serves a request, by what comes before a slash, and by what logs call them.
SELLERS = {
    **dict.fromkeys(("anthropic", "claude", "claude-code"), "anthropic"),
    **dict.fromkeys(("openai", "codex", "openai-codex", "chatgpt"), "openai"),
    **dict.fromkeys(("zai", "z-ai", "z.ai", "zai-org", "zai-coding-plan", "thudm"), "zai"),
    **dict.fromkeys(("zhipu", "zhipuai", "bigmodel"), "zai"),
    **dict.fromkeys(("google", "gemini", "google-ai-studio", "google-gemini-cli"), "google"),
    **dict.fromkeys(("qwen", "dashscope", "alibaba", "alibaba-cloud", "qwen-oauth"), "qwen"),
    **dict.fromkeys(
        ("moonshot", "moonshotai", "moonshot-ai", "kimi", "kimi-for-coding"), "moonshotai"
    ),
    **dict.fromkeys(("deepseek", "deepseek-ai"), "deepseek"),
    **dict.fromkeys(("xai", "x-ai"), "x-ai"),
    **dict.fromkeys(("mistral", "mistralai"), "mistral"),
    **dict.fromkeys(("minimax", "minimaxai"), "minimax"),
    **dict.fromkeys(("bedrock", "amazon-bedrock", "aws-bedrock", "bedrock_converse"), "bedrock"),
    **dict.fromkeys(("vertex", "vertex_ai", "vertex-ai", "vertex_ai_beta", "vertexai"), "vertex"),
    **dict.fromkeys(("google-vertex", "google-vertex-anthropic", "google_vertex"), "vertex"),
    **dict.fromkeys(("azure", "azure_ai", "azure-openai", "azure_openai", "foundry"), "azure"),
    **dict.fromkeys(("openrouter", "open_router"), "openrouter"),
    **dict.fromkeys(("github_copilot", "github-copilot", "copilot"), "github_copilot"),
    **dict.fromkeys(("fireworks", "fireworks_ai", "fireworks-ai"), "fireworks"),
    **dict.fromkeys(("together", "together_ai", "togetherai"), "together"),
    **dict.fromkeys(("vercel", "vercel_ai_gateway", "ai-gateway"), "vercel"),
    **dict.fromkeys(("ollama", "ollama_chat", "lmstudio", "lm_studio", "llamacpp"), "local"),
    **{name: name for name in ("groq", "cerebras", "novita", "deepinfra", "databricks", "cursor")},
}
# Those who sell models of their own; all others sell those of others.
VENDORS = (
    *("anthropic", "openai", "zai", "google", "qwen", "moonshotai"),
    *("deepseek", "x-ai", "mistral", "minimax"),
)
_FAMILIES = tuple(
    (vendor, regex(source))
    for vendor, source in (
        ("anthropic", r"claude"),
        ("openai", r"gpt-|chatgpt-|o\d(-|$)|codex-"),
        ("zai", r"glm-"),
        ("google", r"gemini-|gemma-"),
        ("qwen", r"qwen|qwq-|qvq-"),
        ("moonshotai", r"kimi-|moonshot-"),
        ("deepseek", r"deepseek-"),
        ("x-ai", r"grok-"),
        ("mistral", r"(mi|code|dev|magi|mini|vox|pix)(s?tral)|mixtral|open-mi[sx]tral|labs-"),
        ("minimax", r"minimax-"),
    )
)

_ARN = regex(r"arn:aws[a-z-]*:bedrock:[^:]*:[^:]*:(?P<kind>[a-z-]+)/(?P<name>.+)")
_OPAQUE = ("application-inference-profile", "provisioned-model", "imported-model", "custom-model")
# Parts of a path that name neither a seller nor a model.
_PATH = regex(
    r"(?:projects|locations|publishers|accounts)/[^/]+/|models/|converse/|converse_like/|invoke/"
    r"|(?:[a-z]{2}(?:-gov)?-[a-z]+-\d|us|eu|global|global-standard|data-?zone(?:-standard)?)/"
)
# Bedrock: us.anthropic.NAME; the region alone, or the vendor alone, may be missing.
_REGION = r"(?P<region>global|us-gov|us|eu|apac|au|jp|ca|in|uk|sa|af|me)\."
_DOTTED = regex(
    rf"(?:{_REGION})?(?P<vendor>anthropic|openai|zai|moonshotai|moonshot|qwen|deepseek|mistral|meta"
    r"|amazon|google|minimax|nvidia|cohere|ai21|writer)\.(?P<name>.+)"
)
_REGION_ONLY = regex(rf"{_REGION}(?P<name>(?:claude|gpt|glm|kimi|qwen|gemini|grok)-.+)")
_PREFIX = regex(
    r"(?:databricks|snowflake|antigravity|copilot|azure|bedrock|vertex|anthropic-)[-_](?=[a-z])"
)
_COLON = regex(r"([a-z][\w.-]*):(?=[a-z]+[-.\d])")

# What is cut from the end, again and again, where the name matches the first expression. A row has
# the texts of which the name must have one; so most expressions are never compiled.
_ANY, _THINKS = regex(""), regex(r"claude|gemini-|gpt-|glm-|grok-")
_EFFORT = regex(r"claude|gemini-|gpt-|glm-|grok-|o\d|codex-")
_CLAUDE, _GEMINI = regex(r"claude"), regex(r"gemini-")
_SUFFIXES = tuple(
    (texts.split(), family, regex(rf"(?:{source})\Z"))
    for texts, family, source in (
        ("[ (", _ANY, r"\[[^][]*\]|(?<!\s)\s*\([^()]*\)"),  # [1m], (high)
        (":", _ANY, r"(?:-v?\d)?:\d+(?::\d+k)?"),  # Bedrock's version, and its context size
        (":", _ANY, r":(?:free|beta|thinking|nitro|floor|online|extended|exacto|batch|fast)"),
        (":latest :cloud", _ANY, r":(?:latest|cloud)"),
        ("-fp -nvfp -bf -int -awq -gptq", _ANY, r"-(?:fp8|fp4|nvfp4|bf16|int8|int4|awq|gptq)"),
        ("@", _ANY, r"(?:-v\d+)?@[\w.-]+"),  # Vertex's version
        ("-", _ANY, r"-\d{8}(?:-v\d+)?|-\d{4}-\d{2}-\d{2}"),
        ("-latest", _ANY, r"-latest"),
        ("thinking", _THINKS, r"-(?:no-?)?thinking(?:-\d+k?)?"),
        ("none minimal low medium high", _EFFORT, r"[-/:](?:none|minimal|low|medium|high|xhigh)"),
        ("-0", _GEMINI, r"-0\d\d"),
        ("-fast -v -1m -200k -preview", _CLAUDE, r"-fast|-v\d+|-1m|-200k|-preview"),
    )
)
_FAST = regex(r"([-:])fast\b")
# How a vendor itself writes a name: dots or dashes in versions, and the order of its parts.
_SPELLINGS = tuple(
    (texts.split(), regex(source), spelling)
    for texts, source, spelling in (
        ("p", r"(?<=\d)p(?=\d)", "."),
        ("claude-3.", r"(?<=claude)-(3)\.([57])", r"-\1-\2"),
        (".", r"\A(claude.*\d)\.(?=\d)", r"\1-"),
        ("-3", r"\Aclaude-(opus|sonnet|haiku)-(3(?:-[57])?)\b", r"claude-\2-\1"),
        (
            "claude-4 claude-5 claude-6 claude-7 claude-8 claude-9",
            r"\Aclaude-([4-9](?:-\d)?)-([a-z]+)",
            r"claude-\2-\1",
        ),
        ("-0", r"\A(claude-[a-z]+-\d)-0\Z", r"\1"),
        ("gpt glm gemini", r"\A((?:gpt|glm|gemini)-\d)-(\d)(?=-|\Z)", r"\1.\2"),
        (
            "kimi minimax deepseek qwen",
            r"\A((?:kimi-k|minimax-m|deepseek-v|qwen)\d)-(\d)(?=-|\Z)",
            r"\1.\2",
        ),
    )
)


class ModelName(Struct, frozen=True):
    """A model's name, reduced.

    `name`: as the vendor writes it, without date and wrapping. `served_by`: who sold the request,
    None if neither the log nor the name shows it. `vendor`: whose model it is, None if unknown.
    `region`: `global` or `regional` in names of Bedrock. `mode`: `batch` or `fast` if the name
    ends so. `is_free`: the name says so. `spellings`: the names that price lists may have, the
    most precise first.
    """

    name: str
    served_by: str | None
    vendor: str | None
    region: str | None
    mode: str | None
    is_free: bool
    spellings: tuple[str, ...]


@lru_cache(maxsize=4096)
def reduce_name(text: str, served_by: str | None = None) -> ModelName:
    """Returns the reduced name; `served_by` is what the log says of the seller, if anything.

    A seller that the name shows is preferred to that of the log, unless it is a vendor's name,
    which routers write too.
    """
    full = text.strip().lower()[:256]
    sellers, region, rest = _unwrapped(full)
    spellings = {_spelled(rest): None}
    while (shorter := _without_suffix(rest)) != rest:
        rest = shorter
        spellings[_spelled(rest)] = None
    name = _spelled(rest)
    by_log = SELLERS.get((served_by or "").lower())  # a proxy of the user's own sells nothing
    vendor = family_of(name)
    if vendor in ("google", "moonshotai"):
        spellings[f"{name}-preview"] = None  # routers leave it out
    resellers = [seller for seller in sellers if seller not in VENDORS]
    mode = "batch" if ":batch" in full else "fast" if _is_fast(full) else None
    if by_log is None and ":free" in full:
        by_log = "openrouter"
    return ModelName(
        name,
        next(
            iter([*resellers, *filter(None, (by_log,)), *sellers, *filter(None, (vendor,))]), None
        ),
        vendor,
        region,
        mode,
        full.endswith(":free"),
        tuple(spellings),
    )


def _is_fast(name: str) -> bool:
    """Returns whether a name has `:fast`, or `-fast` after `claude`."""
    return "fast" in name and any(
        m[1] == ":" or "claude" in name[: m.start()] for m in _FAST.finditer(name)
    )


def family_of(name: str) -> str | None:
    """Returns the vendor whose models have such names."""
    return next((vendor for vendor, family in _FAMILIES if family.match(name)), None)


def _unwrapped(text: str) -> tuple[list[str], str | None, str]:
    """Returns the sellers that the name shows, its region, and the rest."""
    sellers: list[str] = []
    region: str | None = None
    while True:
        if text.startswith("arn:") and (arn := _ARN.fullmatch(text)):
            sellers.append("bedrock")
            if arn["kind"] in _OPAQUE:
                return sellers, "regional", text
            region, text = "regional", arn["name"]
        elif "/" in text and (path := _PATH.match(text)):
            text = text[path.end() :]
            if path[0].startswith("publishers/"):
                sellers.append("vertex")
        elif "/" in text and text.partition("/")[0] in SELLERS:
            seller, _, text = text.partition("/")
            sellers.append(SELLERS[seller])
        elif ":" in text and (colon := _COLON.match(text)) and colon[1] in SELLERS:
            sellers.append(SELLERS[colon[1]])
            text = text[colon.end() :]
        elif "." in text and (dotted := _DOTTED.fullmatch(text) or _REGION_ONLY.fullmatch(text)):
            sellers.append("bedrock")
            region = "global" if dotted["region"] == "global" else "regional"
            text = dotted["name"]
            # Bedrock writes deepseek.v3.1 and deepseek.r1
            if (vendor := dotted.groupdict().get("vendor")) and _VERSION.match(text):
                text = f"{vendor}-{text}"
        elif "/" in text and not _EFFORT_ONLY.fullmatch(text.rpartition("/")[2]):
            text = text.partition("/")[2]  # a proxy of the user's own
        elif prefix := _PREFIX.match(text):
            sellers += filter(None, [SELLERS.get(prefix[0][:-1])])
            text = text[prefix.end() :]
        else:
            return sellers, region, text


_VERSION = regex(r"[rv]\d")
_EFFORT_ONLY = regex(r"none|minimal|low|medium|high|xhigh")


def _without_suffix(name: str) -> str:
    for texts, family, suffix in _SUFFIXES:
        if any(text in name for text in texts) and family.match(name):
            match = suffix.search(name)
            if match and match.start():
                return name[: match.start()]
    return name


def _spelled(name: str) -> str:
    name = name.replace("_", "-").replace(" ", "-")
    for texts, pattern, spelling in _SPELLINGS:
        if any(text in name for text in texts):
            name = pattern.sub(spelling, name)
    return name
