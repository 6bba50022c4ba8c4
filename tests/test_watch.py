"""The live view on a terminal: what it shows, and that it leaves the terminal as it was."""

import os
import re
import shutil
import signal
import termios
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import Shell
from frontdoor import ROOT
from live_terminal import LiveTerminal

AT = ("--at", "2026-11-22T20:00Z")
SCREENS = ROOT / "tests" / "fixtures" / "watch"
SIZES = ((60, 20), (80, 24), (140, 40))
TABS = ("now", "days", "windows", "meters", "proxy", "anomalies")
FALL = "main codex weekly fell from 60% to 24%"


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a book of ten days."""
    folder = tmp_path_factory.mktemp("watch") / "history"
    shell = Shell(folder, is_new=False)
    shell.ok("demo", "--days", "10", "--keep", str(folder))
    return folder


@pytest.fixture
def book(history: Path, tmp_path: Path) -> Shell:
    """A shell with a copy of that book."""
    shutil.copytree(history, tmp_path / "history")
    shell = Shell(tmp_path / "history", is_new=False)
    shell.environment |= {"HOME": str(tmp_path), "TZ": "UTC"}
    return shell


@pytest.fixture
def watch(book: Shell) -> Iterator["Watch"]:
    """The live view of that book, 80 columns wide, once it shows something."""
    with_view = Watch(book, 80, 24)
    with_view.until(lambda text: "budget:" in text)
    yield with_view
    if with_view.process.poll() is None:
        with_view.process.kill()


class Watch(LiveTerminal):
    """The live view of a book."""

    def __init__(self, book: Shell, columns: int, rows: int, *words: str, **variables: str) -> None:
        command = [str(ROOT / "bin" / "watch"), *AT, *words]
        super().__init__(command, {**book.environment, **variables}, columns, rows)

    def until_screen(self, name: str) -> None:
        """Wait until the screen is as it was; with BURNBOOK_REGENERATE, keep what is shown."""
        path = SCREENS / f"{name}.txt"
        if os.environ.get("BURNBOOK_REGENERATE"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"{self.settled()}\n", "utf-8")
        expected = path.read_text("utf-8")
        with suppress(AssertionError):
            self.until(lambda text: f"{text}\n" == expected)
        assert f"{self.text}\n" == expected, name

    def is_restored(self) -> bool:
        """Whether the terminal is as it was: its modes, screen, cursor, mouse and paste."""
        off = {b"?1049l", b"?25h", b"?1000l", b"?1003l", b"?2004l", b"?1004l", b"<u"}
        last = {code: self.written.rfind(b"\x1b[" + code) for code in off}
        on = {b"?1049l": b"?1049h", b"?25h": b"?25l", b"?1000l": b"?1000h", b"?1003l": b"?1003h"}
        is_off = all(last[code] > self.written.rfind(b"\x1b[" + on.get(code, b"x")) for code in off)
        return is_off and termios.tcgetattr(self.slave) == self.modes


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_the_screens_are_as_they_were(book: Shell, columns: int, rows: int) -> None:
    watch = Watch(book, columns, rows)
    for number, tab in enumerate(TABS, 1):
        watch.press(str(number))
        watch.until_screen(f"{tab}-{columns}x{rows}")
    watch.press("q")
    assert watch.end() == 0


def test_it_shows_what_others_book(watch: Watch, book: Shell) -> None:
    pane = ">_ OpenAI Codex (v0.98.0)\n  Weekly limit: [██░░] {}% used (resets 07:30 on 26 Nov)\n"
    watch.press("6")
    watch.until(lambda text: "No anomalies" in text)
    for phase, used, at in (("start", 60, "10:00"), ("end", 24, "11:00")):
        times = ("--at", f"2026-11-22T{at}Z", "--window", "W9")
        book.ok("snapshot", phase, "codex", *times, "--force", stdin=pane.format(used))
    watch.until(lambda text: FALL in text)
    watch.press("q")
    assert watch.end() == 0


def test_the_mouse_and_the_keys_change_the_tab(watch: Watch) -> None:
    watch.click(watch.lines[0].index("Windows") + 2, 1)
    watch.until(lambda text: "windows: " in text)
    watch.press("\t")
    watch.until(lambda text: "meters, 7 days" in text)
    watch.press("\x1b[Z")
    watch.until(lambda text: "windows: " in text)
    watch.press("?")
    watch.until(lambda text: "copy the tab as markdown" in text)
    watch.press("?")
    watch.until(lambda text: "windows: " in text)
    watch.press("q")
    assert watch.end() == 0


def test_the_theme_changes(watch: Watch) -> None:
    before = watch.color(0, 1)
    watch.press("t")
    watch.until(lambda _: watch.color(0, 1) != before)
    watch.press("t")
    watch.until(lambda _: watch.color(0, 1) == before)
    watch.press("q")
    assert watch.end() == 0


def test_no_color_is_respected(book: Shell) -> None:
    watch = Watch(book, 80, 24, "--tab", "days", NO_COLOR="1")
    watch.until(lambda text: "Tokens by day" in text)
    watch.press("q")
    assert watch.end() == 0
    codes = {
        code
        for group in re.findall(rb"\x1b\[([\d;]*)m", watch.written)
        for code in group.split(b";")
    }
    assert codes <= {b"", b"0", b"1", b"2", b"7", b"39", b"49"}


def test_a_screen_is_copied_or_printed(book: Shell) -> None:
    watch = Watch(book, 80, 24, "--tab", "windows")
    watch.until(lambda text: "windows: " in text)
    watch.press("y")
    watch.until(lambda text: "copied as markdown" in text)
    watch.press("q")
    assert watch.end() == 0
    assert b"\x1b]52;c;" in watch.written
    console = Watch(book, 80, 24, "--tab", "windows", TERM="linux")
    console.until(lambda text: "windows: " in text)
    console.press("y")
    console.until(lambda text: "prints the text at its end" in text)
    console.press("q")
    assert console.end() == 0
    assert b"]52;" not in console.written
    assert b"| window | dates |" in console.written.rpartition(b"\x1b[?1049l")[2]


def test_another_size_is_another_layout(watch: Watch) -> None:
    watch.press("2")
    watch.until(lambda text: "Today" in text)
    for columns, rows in ((140, 40), (60, 20), (80, 24)):
        watch.resize(columns, rows)
        watch.until_screen(f"days-{columns}x{rows}")
    watch.press("q")
    assert watch.end() == 0


@pytest.mark.parametrize(("keys", "code"), [("q", 0), ("\x03", 130)], ids=["q", "Ctrl-C"])
def test_a_key_ends_it(watch: Watch, keys: str, code: int) -> None:
    watch.press(keys)
    assert watch.end() == code
    assert watch.is_restored()
    assert b"Traceback" not in watch.written


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it(watch: Watch, number: signal.Signals) -> None:
    watch.process.send_signal(number)
    assert watch.end() == -number
    assert watch.is_restored()
    assert b"Traceback" not in watch.written


@pytest.mark.parametrize("ignored", [False, True], ids=["SIGHUP", "nohup"])
def test_it_ends_with_its_terminal(book: Shell, ignored: bool) -> None:
    watch = Watch(book, 80, 24)
    if ignored:  # nothing but the closed terminal itself ends it
        watch.process.kill()
        watch.process.wait()
        command = 'trap "" HUP; exec "$0" "$@"'
        words = ["sh", "-c", command, str(ROOT / "bin" / "watch"), *AT]
        LiveTerminal.__init__(watch, words, book.environment, 80, 24)
    watch.until(lambda text: "budget:" in text)
    watch.close()
    assert watch.process.wait(60) in (-signal.SIGHUP, 129)


def test_a_terminal_that_takes_no_output_is_left(watch: Watch) -> None:
    termios.tcflow(watch.slave, termios.TCOOFF)
    for _ in range(40):
        watch.press("t")
    watch.process.send_signal(signal.SIGTERM)
    assert watch.process.wait(60) in (-signal.SIGTERM, 143)
    assert termios.tcgetattr(watch.slave) == watch.modes


def test_corrupt_lines_are_counted(watch: Watch, book: Shell) -> None:
    with (book.book / "snapshots.jsonl").open("a") as journal:
        journal.write("{}\n")
    watch.until(lambda text: "1 corrupt line skipped; run check" in text)
    watch.press("q")
    assert watch.end() == 0
