"""A feed's map: forbidden words, and programs that exceed a limit."""

import signal
from pathlib import Path

import msgspec
import pytest
from burnbook.base.errors import BadConfig
from burnbook.config.loader import Config
from burnbook.jq_map import child as jqchild
from burnbook.jq_map import program as _feeds_map
from burnbook.jq_map.words import FORBIDDEN, forbidden
from burnbook.telemetry.feeds.decoder import Decoder, compile_feed

GOOD = b'{"ts":"2026-11-22T09:00:00Z","model":"m","status":200}'
BAD = b'{"bad":1}'


def mapped(folder: Path, program: str) -> Decoder:
    """A decoder of a feed with this map."""
    (folder / "feeds").mkdir(exist_ok=True)
    required = 'required = ["ts", "model", "status"]'
    (folder / "feeds" / "mine.toml").write_text(f"{required}\nmap = '''{program}'''\n")
    return compile_feed(Config(str(folder)).feed("mine"), "mine.toml")


@pytest.mark.parametrize(
    ("program", "word"),
    [
        *((word, word) for word in FORBIDDEN),
        ("$ ENV.HOME", "$ENV"),
        (". as $ENV | $ENV", "$ENV"),
        ('"a \\(env.HOME)"', "env"),
        ('"a \\("b \\([env])")"', "env"),
        ('@base64 "\\("\\\\" + env.HOME)"', "env"),
        ("{a: env}", "env"),
        ("{(env): 1}", "env"),
        ("[., env]", "env"),
        ("# comment\n.a | input", "input"),
        ("# comment\r.a | input", "input"),
        ('import "a" as a; .', "import"),
        (".\0env", "\0"),
    ],
)
def test_a_word_that_reaches_beyond_the_line_is_refused(program: str, word: str) -> None:
    assert forbidden(program) == word


@pytest.mark.parametrize(
    "program",
    [
        ".env",
        ".a.input.halt",
        "{env: 1, input, halt: .halt}",
        '"env input $ENV"',
        '"\\\\(env"',
        '"a \\("b") env"',
        "# env\n.",
        "$input | $__loc__",
        ". as {env: $e} | $e",
        "environment",
        "",
    ],
)
def test_fields_texts_and_other_names_are_not_such_words(program: str) -> None:
    assert forbidden(program) is None


def test_the_config_names_the_word(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match=r"mine\.toml: map = 'halt' is not valid; valid: a jq prog"):
        mapped(tmp_path, "if .bad then halt else . end")


@pytest.mark.parametrize("program", ['"a" * 1e9', '"a" * 1e9 | length'])
def test_a_program_that_is_too_large_to_compile_is_refused(tmp_path: Path, program: str) -> None:
    with pytest.raises(BadConfig, match=r"map = .*needs over 96 MiB of memory"):
        mapped(tmp_path, program)


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("first(repeat(empty))", "takes over 0.2 s of CPU time"),
        ("until(false; .)", "takes over 0.2 s of CPU time"),
        ("[limit(1e9; repeat(1))]", "takes over 0.2 s of CPU time"),
        ("reduce range(1e5) as $i (0; [.])", "crashes"),
        ('1e9 as $n | "a" * $n | length', "needs over 96 MiB of memory"),
        ("repeat(.)", "gives too much"),
        ("range(1e12)", "gives too much"),
        ("range(1e12) | {}", "gives too much"),
        ('1e6 as $n | "a" * $n', "gives too much"),
        ('error("sk-ant-api03-abcd1234")', "fails: [key]"),
        ("error(null)", "fails: null"),
    ],
)
def test_a_line_that_takes_too_much_is_rejected_with_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, reason: str
) -> None:
    seconds = 0.2 if "CPU" in reason else 600.0
    monkeypatch.setattr(jqchild, "LINE_SECONDS", seconds)
    decoder = mapped(tmp_path, f"if .bad then {program} else . end")
    batch = decoder.batch([GOOD, BAD, GOOD])
    assert len(batch.events) == 2
    ((at, why),) = batch.rejected
    assert at == 1
    assert why.startswith(f"the feed's map {reason}")


def test_the_output_of_a_line_is_bounded_by_its_length() -> None:
    child = jqchild.Child(".[]")
    most = [jqchild.GROWTH * len(line) + jqchild.LEAST for line in (b"[]", b" " * 1000 + b"[]")]
    for limit, pad in zip(most, (0, 1000), strict=True):
        program = f'"a" * {limit - 3}, empty'
        exact = jqchild.Child(program).ask([b" " * pad + b"[]"])[0]
        assert isinstance(exact, bytes)
        assert len(exact) == limit + 1
        assert isinstance(jqchild.Child(f'"a" * {limit - 2}').ask([b" " * pad + b"[]"])[0], str)
    assert child.ask([b"[1,2]"]) == [b"[1,2]"]


def test_a_program_that_takes_too_much_of_many_lines_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jqchild, "LINE_SECONDS", 0.01)
    decoder = mapped(tmp_path, "first(repeat(empty))")
    lines = [GOOD] * _feeds_map.MAX_STOPS
    assert len(decoder.batch(lines).rejected) == len(lines)
    with pytest.raises(BadConfig, match=r"mine\.toml: map: the program was stopped at 4 lines"):
        decoder.batch([GOOD])


def test_a_line_without_objects_is_counted(tmp_path: Path) -> None:
    batch = mapped(tmp_path, "select(.bad | not)").batch([GOOD, BAD, GOOD])
    assert (len(batch.events), batch.ignored) == (2, 1)


def test_a_jq_program_reads_no_environment_or_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BURNBOOK_SECRET", "hunter2")
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".jq").write_text("def mine: 1;")
    (tmp_path / "mod.jq").write_text("def one: 1;")
    for program in ("[env, $ENV]", "input", "inputs", "debug", "stderr", "input_filename"):
        for answer in jqchild.Child(program).ask([b'{"a":1}']):
            assert "hunter2" not in str(answer)
    # A library in C (readline) may have set these two, of which Python does not know.
    left = msgspec.json.decode(jqchild.Child("env | keys").ask([b"1"])[0])
    assert set(left[0]) <= {"LINES", "COLUMNS"}
    assert jqchild.Child("halt").ask([b"1", b"2"]) == [b"[]", b"[]"]
    for program in ("mine", f'import "mod" as m {{search: "{tmp_path}"}}; m::one'):
        with pytest.raises(ValueError, match="jq: error"):
            jqchild.Child(program)
    assert capfd.readouterr() == ("", "")


class Interrupted(Exception):
    """The effect of Ctrl-C."""


def test_ctrl_c_ends_a_map_that_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise Interrupted

    monkeypatch.setattr(jqchild, "LINE_SECONDS", 600.0)
    child = jqchild.Child("first(repeat(empty))")
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        with pytest.raises(Interrupted):
            child.ask([b"1"])
    finally:
        signal.signal(signal.SIGALRM, before)
    assert not child.is_running
