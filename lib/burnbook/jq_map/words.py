"""The words of jq that a feed's `map` may not use. Pure, and linear in the program's length.

They read or write something other than the line (the environment, files, standard error), or drop
lines without a count.
"""

import re

FORBIDDEN = (
    *("$ENV", "debug", "env", "get_search_list", "halt", "halt_error", "import", "include"),
    *("input", "input_filename", "input_line_number", "inputs", "modulemeta", "stderr"),
)

# A comment ends at a carriage return too, so that no word is missed.
_WORD = re.compile(
    r"#[^\r\n]*+|\.[A-Za-z_]\w*+|\$\s*+[A-Za-z_][\w:]*+|[A-Za-z_][\w:]*+|\S", re.ASCII
)
_IN_STRING = re.compile(r'[^"\\]*+(?:\\[^(][^"\\]*+)*+("|\\\(|\Z|\\\Z)')
_CLOSES = {")": "(", "]": "[", "}": "{"}


def forbidden(program: str) -> str | None:
    """Returns the first forbidden word of a program, or None.

    A field of that name (`.env`, `{env: 1}`, `"env"`) is allowed, and so is a variable (`$input`).
    """
    if "\0" in program:
        return "\0"
    stack: list[str] = []
    before, at = "", 0
    while match := _WORD.search(program, at):
        at, word = match.end(), match[0]
        if word[0] == "#":
            continue
        name = "".join(word.split())
        is_key = stack[-1:] == ["{"] and before in ("{", ",")
        if name in FORBIDDEN and not is_key:
            return name
        before = word
        if word in _CLOSES.values():
            stack.append(word)
        elif word in _CLOSES and stack:
            is_string = stack.pop() == '"'
            if is_string and word == ")":
                at = _string(program, at, stack)
        elif word == '"':
            at = _string(program, at, stack)
    return None


def _string(program: str, at: int, stack: list[str]) -> int:
    r"""Returns the offset of the code after a part of a string; `\(` opens code inside it."""
    match = _IN_STRING.match(program, at)
    if match is None:
        return len(program)
    if match[1] == "\\(":
        stack.append('"')
    return match.end()
