"""Every pattern that burnbook compiles is quick for any text, however that is made."""

import importlib
import pkgutil
import re
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

import burnbook
import costs
from burnbook import extras
from burnbook.base.text import Regex
from torture.both import both
from torture.figures import part, record

Pattern = re.Pattern[str] | re.Pattern[bytes]

WAYS = ("search", "match", "fullmatch")
LENGTH = 100_000
SECONDS = 0.1
PIECES = [
    *("a", "A", "0", " ", "\t", "\n", "\r", "-", "_", ".", "@", ":", "/", "\\", '"', "'", "=", "%"),
    *(
        "a.",
        "a@",
        "a@a.",
        "0,",
        "0.",
        "1:",
        "(",
        ")",
        "[",
        "\x1b[",
        "\x1b]",
        "\x9b0;",
        "\u2502 ",
        "\u2588",
    ),
    *(
        "sk-",
        "sk-a",
        "token=",
        "token:",
        "Bearer ",
        "authorization: ",
        "://a:",
        "account: ",
        "eyJa.",
    ),
    *(
        "-----BEGIN PRIVATE KEY-----",
        "limit: ",
        "5h limit: ",
        "resets ",
        "Resets Oct ",
        "% used",
        "% left",
    ),
    *(
        "Current week (",
        "(resets 13:04 on ",
        "Context window: ",
        "K used / ",
        "{a}",
        "record_id=",
        "<!--",
    ),
    *(
        "a-",
        "-a",
        "key_",
        "api_key ",
        "secret_",
        "private key",
        "*/",
        "1-2,",
        "2026-",
        "a b ",
        "'\\''",
    ),
]


def patterns() -> dict[str, Pattern]:
    """Every compiled pattern of burnbook's modules, including those in tables and classes."""
    for extra in ("insight", "mcp", "parquet", "proof", "watch"):  # of modules
        extras.use(extra, extra)
    by_name: dict[str, Pattern] = {}
    for module in pkgutil.walk_packages(burnbook.__path__, "burnbook."):
        loaded = importlib.import_module(module.name)
        for name, value in vars(loaded).items():
            for number, pattern in enumerate(inside(value, 0)):
                by_name[f"{module.name}.{name}.{number}"] = pattern
    return by_name


def inside(value: object, depth: int) -> Iterator[Pattern]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, Regex):
        yield re.compile(value.source, value.flags)
    elif depth < 3 and isinstance(value, dict):
        for item in value.values():
            yield from inside(item, depth + 1)
    elif depth < 3 and isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from inside(item, depth + 1)


PATTERNS = patterns()


def used(name: str) -> set[str]:
    """How burnbook looks with a pattern: a look that begins at one place only asks for less."""
    module, _, constant = name.rpartition(".")[0].rpartition(".")
    own = Path(importlib.import_module(module).__file__ or "")
    source = own.read_text() if constant[0] == "_" else whole_source()
    ways = set(re.findall(rf"\b{re.escape(constant)}\.(\w+)", source))
    if not ways:  # it is in a table, or has another name
        ways = set(re.findall(r"\w\.(search|match|fullmatch|sub)\b", source))
    # Other methods try every position of the text, as `search` does.
    return {way if way in WAYS else "search" for way in ways} or set(WAYS)


@cache
def whole_source() -> str:
    """All of burnbook's source."""
    return "".join(path.read_text() for path in Path(burnbook.__path__[0]).rglob("*.py"))


def literals(pattern: str) -> list[str]:
    """Words that a pattern itself speaks of, with which an attack on it would begin."""
    return [word for word in re.findall(r"[A-Za-z][A-Za-z ]{2,}", pattern) if len(word) < 40][:8]


def attacks(pattern: Pattern, length: int) -> Iterator[str]:
    """Long texts: a repeated piece, after a matching start and before an end that does not match.

    The suite uses no start; only the soak does.
    """
    source, is_long = pattern.pattern, bool(part())
    words = literals(source if isinstance(source, str) else source.decode("latin-1"))
    for piece in (*PIECES, *words):
        body = piece * (length // len(piece))
        yield from (body, f"{body}\x00!")
        if is_long:
            yield from (f"x={body}\n", f"5h limit: {body}")
    for word in words:
        for piece in (" ", "a", "0", ".", "\t", ": ", "("):
            yield word + piece * (length // len(piece))


def slowest(pattern: Pattern, ways: Sequence[str] = WAYS) -> tuple[float, str]:
    """The most seconds that a text of 100 KB takes, and the text; the first that takes too long."""
    worst, worst_text = 0.0, ""
    texts = zip(attacks(pattern, LENGTH // 20), attacks(pattern, LENGTH), strict=True)
    with stopping():
        for small, text in texts:
            for way in map(pattern.__getattribute__, ways):
                # A twentieth of the text in a tenth of the time: not worth a longer look.
                if timed(way, small, pattern) < SECONDS / 50:
                    continue
                took = costs.seconds(partial(timed, way, text, pattern), SECONDS)
                if took > worst:
                    worst, worst_text = took, text
                if took > SECONDS:
                    return worst, worst_text
    return worst, worst_text


def timed(way: Callable[[Any], object], text: str, pattern: Pattern) -> float:
    """Seconds of the processor, ten times the limit at most."""
    subject = text if isinstance(pattern.pattern, str) else text.encode()
    began = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, 10 * SECONDS)
    try:
        way(subject)
    except TimeoutError:
        pass
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return time.process_time() - began


@contextmanager
def stopping() -> Iterator[None]:
    """A timer stops what runs too long."""
    before = signal.signal(signal.SIGPROF, _stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGPROF, before)


def _stop(*_: object) -> None:
    raise TimeoutError


def test_there_are_patterns_to_look_at() -> None:
    assert len(PATTERNS) > 60
    assert any("redact" in name for name in PATTERNS)


def test_the_look_finds_a_pattern_that_is_slow() -> None:
    assert slowest(re.compile(r"\s+\d"), ["search"])[0] > SECONDS


def test_no_text_of_100_kb_takes_a_pattern_over_100_ms() -> None:
    names = sorted(PATTERNS)
    slowest_texts = both(
        lambda at: slowest(PATTERNS[names[at]], sorted(used(names[at]))), len(names)
    )
    looked = dict(zip(names, slowest_texts, strict=True))
    slow = {
        n: (took, text[:40], text[-10:]) for n, (took, text) in looked.items() if took > SECONDS
    }
    print(slow)
    name, (took, _) = max(looked.items(), key=lambda item: item[1][0])
    texts = sum(1 for pattern in PATTERNS.values() for _ in attacks(pattern, 1000))
    record(
        "No text makes a regular expression look for long",
        "test_no_text_of_100_kb_takes_a_pattern_over_100_ms",
        f"{len(PATTERNS)} patterns against {texts:,} texts of 100 KB, {len(slow)} over 100 ms; the "
        f"slowest {took * 1000:.0f} ms ({name.removeprefix('burnbook.')})",
        "100 ms each",
        not slow,
    )
