"""Saved text has no names and no secrets."""

import re
from functools import partial
from pathlib import Path

import costs
import pytest
from burnbook.base.redact import redact, strip_ansi
from hypothesis import given
from hypothesis import strategies as st

FIXTURES = Path(__file__).parent / "fixtures"

PARTS = ("abcdEFGH0123456789", "ijklMNOP0123456789")  # joined here, so that no scanner stumbles


@pytest.mark.parametrize(
    "prefix",
    [
        *("sk-", "sk-ant-api03-", "sk-proj-", "sk-or-v1-", "ghp_", "gho_", "ghs_", "github_pat_"),
        *("glpat-", "xoxb-", "xoxp-", "AIza", "ya29.", "hf_", "npm_", "pypi-", "sk_" + "live_"),
        *("rk_" + "live_", "gsk_", "xai-"),
    ],
)
def test_a_key_with_a_known_prefix_is_hidden(prefix):
    assert redact(f"use {prefix}{''.join(PARTS)}, please") == "use [key], please"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("AKIA" + "IOSFODNN7EXAMPLE.", "[key]."),
        ("eyJ" + "hbGciOiJIUzI1.eyJzdWIiOiIxIn0.abc-DEF_1", "[key]"),
        ("0123456789abcdef" * 2 + ".AbCdEfGhIjKlMnOp", "[key]"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer [key]"),
        ("authorization: abcdef", "authorization: [key]"),
        ("-H 'Authorization: Basic dTpw'", "-H 'Authorization: Basic [key]'"),
        ("Bearer abcdef123456", "Bearer [key]"),
        ("Basic dXNlcjpwYXNz", "Basic [key]"),
        ("api_key=hunter2", "api_key=[key]"),
        ("x-api-key: hunter2", "x-api-key: [key]"),
        ("EXAMPLE_API_KEY='two words'", "EXAMPLE_API_KEY='[key]'"),
        ('{"token": "a\\"b", "n": 1}', '{"token": "[key]", "n": 1}'),
        ("token: hunter", "token: [key]"),
        ("password=123456", "password=[key]"),
        ("password: hunter2", "password: [key]"),
        ("--token hunter2", "--token [key]"),
        ("AWS_SECRET_ACCESS_KEY=ab/cd", "AWS_SECRET_ACCESS_KEY=[key]"),
        ("https://pat:hunter2@example.com/x", "https://pat:[key]@example.com/x"),
        ("-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\nx", "[key]\nx"),
        ("-----BEGIN RSA PRIVATE KEY-----\nabc\ncut", "[key]"),
    ],
)
def test_other_secrets_are_hidden(text, kept):
    assert redact(text) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("to pat.x+y@mail.example.com.", "to [email]."),
        ("<pat@example.org>", "<[email]>"),
        ("Ünal@exämple.com", "[email]"),
        ("│  Account:   pat@example.com (Plus)  │", "│  Account:   [email] (Plus)  │"),
        ("Account: pat@exam", "Account: [email]"),
    ],
)
def test_an_address_is_hidden(text, kept):
    assert redact(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "5h limit: [███░] 11% used (resets 13:04 on 8 Oct)",
        "Current week (all models): 23% used · resets Jul 4 at 3am (Europe/London)",
        "Model: gpt-5.3-codex-spark (reasoning xhigh, summaries auto)",
        "Session: 019c7a1b-30cc-7dc3-b8e1-cb124acc38d0",
        "~/src/task-learn-something/api_keys.py",
        "commit 0123456789abcdef0123456789abcdef01234567",
        "Token usage: 1.2K total (1K input + 200 output)",
        '{"totalTokens": 12, "tokens": 5, "token": 7, "inputTokens": 1200}',
        "token: 240K",
        "token: none",
        "Basic authentication, bearer capabilities",
        "API key configured (run codex login to use ChatGPT)",
        "sk-learn 5h package@1.2.3 task-force",
    ],
)
def test_harmless_text_is_unchanged(text):
    assert redact(text) == text


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*/*.txt")), ids=lambda path: path.stem)
def test_of_a_pane_only_the_address_changes(path):
    text = path.read_text(encoding="utf-8")
    # One pane cuts the end of the address off.
    assert redact(text) == re.sub(r"\b(?:ada|pat)@example\.com?\b", "[email]", text)


@given(st.text() | st.text("aZ9@.:=-_ \"'[]sktoenyJ", max_size=60))
def test_redaction_is_idempotent(text):
    once = redact(text)
    assert redact(once) == once


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31;1m5h\x1b[0m limit", "5h limit"),
        ("a\x1b]0;title\x07b\x1b]8;;u\x1b\\c", "abc"),
        ("a\x1b]0;never ended\nb", "a\nb"),
        ("a\x1b[31", "a"),
        ("a\x1b", "a"),
        ("\x9b31mz\x9b0m", "z"),
        ("\x1b(Ba\x1bPq\x1b\\b", "ab"),
        ("a\x00\x08\x7f\tb\n", "a\tb\n"),
        ("x\r\ny\r\r\nz", "x\ny\nz"),
        ("one\rtwo", "one\ntwo"),
        ("10%\r20%\n", "20%\n"),
        ("abcdef\rXY\n", "XYcdef\n"),
        ("Loading usage\r\x1b[Kok\n", "ok\n"),
        ("Current\x1b[1Csession", "Current session"),
        ("11% used\x1b[2;3H12% used", "11% used\n12% used"),
    ],
)
def test_text_is_as_a_terminal_shows_it(text, shown):
    assert strip_ansi(text) == shown


@given(st.text())
def test_no_control_character_is_left(text):
    assert not {chr(n) for n in (*range(9), *range(11, 32), *range(127, 160))} & set(
        strip_ansi(text)
    )


HOSTILE = [
    *("a", "a@", "a@a.", "eyJ.", "eyJ", "eyJa.", ".", "@", "token", 'token:"', "token ", "sk-"),
    *(
        "ghp_",
        "\x1b[",
        "\x1b]",
        "\x1b",
        "\x1b[1;",
        "a\r",
        "\x1b[K\r",
        "-----BEGIN PRIVATE KEY-----",
    ),
    *(
        "://",
        "://a:",
        "bearer ",
        "authorization:",
        "account:",
        "api_key = ",
        "\\",
        "0123456789abcdef",
    ),
]


@pytest.mark.parametrize("unit", HOSTILE, ids=repr)
def test_hostile_text_takes_linear_time(unit):
    for text in (unit * (100_000 // len(unit)), "a" * 50_000 + unit * 9000, unit + " " * 100_000):

        def twice(text: str = text) -> None:
            redact(strip_ansi(text))
            redact(text)

        assert costs.seconds(partial(costs.processor_time, twice), 1) <= 1
