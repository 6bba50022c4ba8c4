"""Each script with a flag `--window` takes the window as an argument too."""

import pytest
from inside import VERBS, parser

WITH_WINDOW = [
    name
    for name in VERBS
    if any("--window" in action.option_strings for action in parser(name)._actions)
]
# The arguments before the window, where a script requires any.
FIRST = {
    "snapshot": ["start", "codex"],
    "undo": ["codex"],
    "ingest": ["x"],
    "usage": ["model"],
    "query": ["proxy"],
}
FLAGS = {
    "evidence": ["--capability=C", "--run=R", "--runner=T", "--result=pass", "--artifact=F"],
}


@pytest.mark.parametrize("name", WITH_WINDOW)
def test_the_window_is_an_argument_or_a_flag_before_or_after_other_flags(name: str) -> None:
    first, flags = FIRST.get(name, []), ["--agent", "ada", *FLAGS.get(name, [])]
    for words in (
        [*first, "W0-CHN", *flags],
        [*first, *flags, "W0-CHN"],
        [*flags, *first, "W0-CHN"],
        [*first, *flags, "--window", "W0-CHN"],
        [*first, "W0-CHN", *flags, "--window=W0-CHN"],
    ):
        given = parser(name).parse_args(words)
        assert (given.window, given.agent) == ("W0-CHN", "ada"), words


@pytest.mark.parametrize("name", WITH_WINDOW)
def test_two_windows_are_a_usage_error(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = [*FIRST.get(name, []), "W0-CHN", *FLAGS.get(name, []), "--window", "W0-CHP"]
    with pytest.raises(SystemExit) as stop:
        parser(name).parse_args(words)
    assert stop.value.code == 2
    assert "two windows are given, W0-CHP and W0-CHN; name one" in capsys.readouterr().err


def test_the_scripts_of_one_window_are_among_them() -> None:
    assert {"preview", "budget", "bundle", "checkpoint", "snapshot", "timer"} <= set(WITH_WINDOW)
