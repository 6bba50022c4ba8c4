"""Removes escape codes, e-mail addresses and keys from terminal text.

Takes time linear in the length of the text: each pattern starts at a literal or at a boundary and
repeats possessively, so that no input makes it backtrack.
"""

import re
from bisect import bisect_right

_JUMP = re.compile(r"(?:\x1b\[|\x9b)([\d;]*)([A-HJKdf])", re.ASCII)
_ESCAPES = re.compile(
    r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*+(?:\x07|\x1b\\|\x9c)?"  # OSC, DCS, ..
    r"|(?:\x1b\[|\x9b)[0-?]*+[ -/]*+[@-~]?"  # CSI
    r"|\x1b[ -/]*+[0-~]?"  # the rest
    r"|[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)
_ERASED = "\x00"
MAX_MOVED = 1 << 20
"""Maximum number of spaces for all moves to the right in a text; later moves leave one space."""


def strip_ansi(text: str) -> str:
    r"""Returns text as a terminal shows it, at most MAX_MOVED characters longer.

    Escape codes are removed (an unterminated one ends with its line), and control characters but
    `\n` and `\t`. A lone `\r` overwrites its line. A cursor move leaves a space or a new line, so
    that words do not join.
    """
    text = text.replace(_ERASED, "")
    if "\x1b" in text or "\x9b" in text:
        text = _JUMP.sub(_Jumps().shown, text)
    text = _ESCAPES.sub("", text)
    if "\r" in text:
        text = re.sub(r"\r++\n", "\n", text)
        if "\n" not in text:  # a file whose lines end with \r alone
            text = text.replace("\r", "\n")
        text = "\n".join(map(_overwrite, text.split("\n")))
    return text.replace(_ERASED, "")


class _Jumps:
    """Replaces the cursor moves of one text."""

    def __init__(self) -> None:
        self.left = MAX_MOVED

    def shown(self, match: re.Match[str]) -> str:
        count, final = match[1], match[2]
        if final == "C":  # Several tools print a run of spaces as a move to the right.
            wide = min(int(count or 1) if count.isdecimal() and len(count) < 4 else 1, 200)
            self.left -= wide
            return " " * (wide if self.left >= 0 else 1)
        if final == "K":
            return _ERASED
        return " " if final in "DG" else "\n"


def _overwrite(line: str) -> str:
    # From the last layer to the first: only the part beyond later layers is visible.
    shown: list[str] = []
    width = 0
    for written in reversed(line.split("\r")):
        layer = written.replace(_ERASED, "")
        if len(layer) > width:
            shown.append(layer[width:])
            width = len(layer)
        if layer != written:
            break
    return "".join(shown)


_PEM = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----.*?"
    r"(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|\Z)",
    re.DOTALL,
)
_HEADER = re.compile(
    r"(?i)(authorization[\"']?[ \t]*+[:=][ \t]*+[\"']?(?:\w++[ \t]++)?)[^\s\"'│|]++"
)
_SCHEME = re.compile(r"(?i)\b(bearer|basic)([ \t]++)([\w.~+/=-]{6,}+)")
# (a literal that ends the start of a key, the start, the rest)
KEY_FORMS = (
    ("-", "sk-", r"(?:ant|proj|or|svcacct|admin|lf)-[\w-]{4,}+"),
    ("-", "sk-", r"(?=[A-Za-z_-]{0,40}\d)[\w-]{8,}+"),
    ("-", "sk-", r"[\w-]{20,}+"),
    ("-", "glpat-", r"[\w.-]{8,}+"),
    ("-", "xox[abeoprs]-", r"[\w-]{6,}+"),
    ("-", "xai-", "[A-Za-z0-9]{16,}+"),
    ("-", "pypi-", r"[\w-]{16,}+"),
    ("_", "gh[oprsu]_", "[A-Za-z0-9]{8,}+"),
    ("_", "github_pat_", r"\w{8,}+"),
    ("_", "hf_", "[A-Za-z0-9]{12,}+"),
    ("_", "gsk_", "[A-Za-z0-9]{16,}+"),
    ("_", "npm_", "[A-Za-z0-9]{16,}+"),
    ("_", "[prs]k_(?:live|test)_", "[A-Za-z0-9]{6,}+"),
    ("_", "whsec_", "[A-Za-z0-9+/=]{16,}+"),
    ("IA", "(?:AKIA|ASIA)", "[0-9A-Z]{16}"),
    ("AIza", "AIza", r"[\w-]{20,}+"),
    (".", r"ya29\.", r"[\w.-]{8,}+"),
    (".", r"[0-9a-f]{32}\.", "[A-Za-z0-9]{16}(?![A-Za-z0-9])"),
    ("eyJ", r"(?<![\w-])eyJ", r"[\w-]{4,}+\.[\w-]{4,}+(?:\.[\w-]*+){0,3}"),
)
_KEYS = re.compile(
    f"(?<![A-Za-z0-9])(?:{'|'.join(start + rest for _, start, rest in KEY_FORMS)})", re.ASCII
)
_ASSIGNED = re.compile(
    r"(?i)(api[_ -]?key|token|secret(?:[_-]?(?:access[_-]?)?key)?|pass(?:word|wd|phrase)"
    r"|private[_-]?key|access[_-]?key(?:[_-]?id)?|credential)"
    r"([\"']?[ \t]*+[:=][ \t]*+|(?<=--api-key)[ \t]++|(?<=--token)[ \t]++|(?<=--password)[ \t]++)"
    r"(\"(?:[^\"\\\n]|\\.)*+\"?|'[^'\n]*+'?|[^\s\"'│|]++)"
)
# On lower-case text this is faster than a case-insensitive pattern.
_ASSIGNED_SMALL = re.compile(_ASSIGNED.pattern.removeprefix("(?i)"))
_NO_SECRET = re.compile(
    r"(?i)[\"']?(?:none|null|not|true|false|yes|no|set|unset|missing|invalid|expired|required"
    r"|\[key\]|[\d.,]++[KMB]?)[\"',;.}]*+"
)
_USERINFO = re.compile(r"(://[^\s/:@]{0,256}+:)[^\s/@]{1,256}+@")
_ACCOUNT = re.compile(r"(?i)(\baccount:[ \t]*+)[^\s(@]{0,128}+@[^\s(│|]*+")
_EMAIL = re.compile(r"(?<![\w.%+-])[\w.%+-]++@[\w-]++(?:\.[\w-]++)++")


def redact(text: str) -> str:
    """Returns text with each e-mail address as `[email]` and each key or password as `[key]`.

    Everything else (percentages, dates, model names, paths, session ids) is unchanged, and so is
    text that was redacted before.
    """
    if "\x1b" in text or "\x9b" in text:  # a colour code inside a key would hide it
        bare = strip_ansi(text)
        shown = redact(bare.replace("\x1b", ""))
        if shown != bare:
            return shown
    text = _PEM.sub("[key]", text)
    if _may_have(text, "authorization"):
        text = _HEADER.sub(r"\1[key]", text)
    if _may_have(text, "bearer", "basic"):
        text = _SCHEME.sub(_scheme, text)
    text = _KEYS.sub("[key]", text)
    if _may_assign(text):
        text = _ASSIGNED.sub(_assigned, text)
    if "@" not in text:
        return text
    text = _USERINFO.sub(r"\1[key]@", text)
    text = _ACCOUNT.sub(r"\1[email]", text)
    return _EMAIL.sub(_email, text)


_WIDE = 20  # columns: no terminal is narrower
_JOINT = re.compile(r"[ \t]{0,8}[│|]?[ \t]{0,8}\n[ \t]{0,8}[│|]?[ \t]{0,8}")
_CUT = ((_KEYS, 0), (_SCHEME, 3), (_ASSIGNED, 3), (_USERINFO, 0), (_EMAIL, 0))


def redact_pane(text: str) -> str:
    """Redacts text, including secrets that a terminal wrapped over several lines.

    A line may continue in the next one if that is not wider. The continuation is removed if it
    looks like a part of a secret: an e-mail address, or text that is long or has a digit or inner
    capitals.
    """
    lines = text.split("\n")
    widths = [len(line.rstrip(" \t│|")) for line in lines]
    start = 0
    redacted: list[str] = []
    while start < len(lines):
        end = start
        while end + 1 < len(lines) and widths[end] >= max(_WIDE, widths[end + 1] - 2):
            end += 1
        piece = "\n".join(lines[start : end + 1])
        redacted.append(_redact_wrapped(piece) if end > start else piece)
        start = end + 1
    return redact("\n".join(redacted))


def _redact_wrapped(text: str) -> str:
    """Returns wrapped lines without the secrets that continue over a line end."""
    joints = [match.span() for match in _JOINT.finditer(text)]
    kept: list[str] = []
    offsets: list[int] = []  # in `text`, of each character of `joined`
    last = 0
    for start, end in (*joints, (len(text), len(text))):
        kept.append(text[last:start])
        offsets += range(last, start)
        last = end
    joined = "".join(kept)
    secrets = [m.span(group) for pattern, group in _CUT for m in pattern.finditer(joined)]
    out = list(text)
    for start, end in secrets:
        first, final = offsets[start], offsets[end - 1] + 1
        inner = bisect_right(joints, (first, len(text)))
        if inner == len(joints) or joints[inner][1] >= final:
            continue
        behind = joints[inner][1]
        tail = "".join(text[offsets[at]] for at in range(start, end) if offsets[at] >= behind)
        if not ("@" in joined[start:end] or _keyish(tail)):
            continue
        for at in range(start, end):
            out[offsets[at]] = ""
        out[first] = "[email]" if "@" in joined[start:end] else "[key]"
    return "".join(out)


def _keyish(text: str) -> bool:
    mixed = not text.islower() and not text.isupper() and not text[1:].islower()
    return any(c.isdecimal() for c in text) or mixed or len(text) > 20


# Quick checks: False only if the pattern cannot match. Text that is not ASCII goes to the pattern,
# because it takes some letters for others (`ſ` for `s`).


def _may_have(text: str, *words: str) -> bool:
    small = text.lower()
    return not text.isascii() or any(word in small for word in words)


def _may_assign(text: str) -> bool:
    return not text.isascii() or _ASSIGNED_SMALL.search(text.lower()) is not None


def _scheme(match: re.Match[str]) -> str:
    value = match[3]
    # "Basic authentication" is prose; a credential has a digit, a capital inside, or great length.
    plain = value.isalpha() and (value[1:].islower() or value.isupper()) and len(value) < 20
    return match[0] if plain else f"{match[1]}{match[2]}[key]"


def _assigned(match: re.Match[str]) -> str:
    counted = match[1].lower() == "token" or not match[3].strip("\"',;.}")[:1].isdigit()
    if counted and _NO_SECRET.fullmatch(match[3]):
        return match[0]
    quote = match[3][0] if match[3][0] in "\"'" else ""
    return f"{match[1]}{match[2]}{quote}[key]{quote}"


def _email(match: re.Match[str]) -> str:
    # `package@1.2.3` is a version: a mail domain has a label that starts with a letter.
    labels = match[0].rpartition("@")[2].split(".")[1:]
    return "[email]" if any(len(x) > 1 and x[0].isalpha() for x in labels) else match[0]
