"""Draw the pictures of README.md, in docs/pictures/, from what `demo --days 120` invents.

    pictures.py

What a terminal shows is drawn as SVG, the report as PNG by Chromium; each of them light and dark.
Without Chromium, the pictures of the report stay as they are, and the exit code is 1.

The same book and programs give the same bytes, so a picture changes only if what it shows did.
"""

import fcntl
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from itertools import groupby
from pathlib import Path

import pyte
from PIL import Image
from pyte.screens import Char
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.color import parse_rgb_hex
from rich.color_triplet import ColorTriplet
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "lib"))

from burnbook.live.screen.styles import LOOKS, Look  # noqa: E402 - it is in lib/

FOLDER = ROOT / "docs" / "pictures"
AT = ("--at", "2026-11-22T20:00Z")
# A viewer gets no font from the network; each line has its length, so any font will do.
SVG = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
QUIET = 5.0  # seconds without output after which a screen is complete
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SCHEMES = {"dark": 0, "light": 1}  # as Blink numbers them
PAGE = (1300, 1100)  # pixels, of which what is cut at the end is left out
GAP = 14  # rows of pixels without text
COLORS = 256


def main() -> int:
    """Draw every picture, and return the exit code."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        kept = Path(scratch, "demo")
        subprocess.run(
            [ROOT / "bin" / "demo", "--days", "120", "--keep", kept],
            stdout=subprocess.DEVNULL,
            check=True,
        )
        environment = {
            **{"PATH": os.environ["PATH"], "HOME": scratch},
            **{"TERM": "xterm-256color", "COLORTERM": "truecolor"},
            "BURNBOOK_DATA_DIR": f"{kept}/book",
            "BURNBOOK_CONFIG_DIR": f"{kept}/config",
        }
        terminal(["preview", "2026-W43"], (80, 100), environment)
        terminal(["watch"], (120, 36), environment, light_key="t")
        return report(Path(scratch, "report.html"), environment)


def terminal(
    words: list[str],
    size: tuple[int, int],
    environment: dict[str, str],
    light_key: str = "",
) -> None:
    """Draw what a script shows on a terminal of some columns and rows.

    `light_key` is what to press for a light screen, if that does not follow the terminal's colors.
    """
    name = words[0]
    command = [str(ROOT / "bin" / words[0]), *words[1:], *AT]
    for look in LOOKS:
        scheme, theme = look.name, theme_of(look)
        screen = pyte.Screen(*size)
        key = light_key if scheme == "light" else ""
        pyte.ByteStream(screen).feed(shown(command, size, key, environment))
        last = max(number for number, line in enumerate(screen.display) if line.strip())
        console = Console(width=size[0], record=True, file=open(os.devnull, "w"))  # noqa: SIM115
        for number in range(last + 1):
            console.print(line_of(screen, number), soft_wrap=True)
        title = f"just {' '.join(words)}"
        svg = console.export_svg(title=title, theme=theme, code_format=SVG, unique_id=name)
        (FOLDER / f"{name}-{scheme}.svg").write_text(svg, "utf-8")
        print(f"wrote docs/pictures/{name}-{scheme}.svg")


def theme_of(look: Look) -> TerminalTheme:
    """A terminal with the colors of the live view, which can be read on its background."""
    names = (look.text, look.bad, look.good, look.warn, *[look.accent] * 3, look.dim)
    ansi: list[tuple[int, int, int]] = [rgb(name) for name in names]
    return TerminalTheme(rgb(look.background), rgb(look.text), ansi)


def rgb(color: str) -> ColorTriplet:
    """A color such as `#14181d` in the terms of rich."""
    return parse_rgb_hex(color.removeprefix("#"))


def shown(
    command: list[str], size: tuple[int, int], key: str, environment: dict[str, str]
) -> bytes:
    """What a command writes to a terminal until it ends, or is quiet after the key."""
    own, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    process = subprocess.Popen(
        command, env=environment, stdin=its, stdout=its, stderr=its, start_new_session=True
    )
    os.close(its)
    output = b""
    while True:
        if select.select([own], [], [], QUIET)[0]:
            try:
                output += os.read(own, 1 << 16)
            except OSError:  # the command has ended
                if process.wait():
                    sys.exit(f"pictures.py: {command[0]} failed: {output.decode()}")
                break
        elif key:
            os.write(own, key.encode())
            key = ""
        else:
            break
    os.close(own)
    process.terminate()
    process.wait()
    return output


def line_of(screen: pyte.Screen, number: int) -> Text:
    """A line of a screen with its colors."""
    row = screen.buffer[number]
    line = Text()
    for style, chars in groupby((row[column] for column in range(screen.columns)), style_of):
        line.append("".join(char.data for char in chars), style)
    return line


def style_of(char: Char) -> Style:
    """The style of a character in the terms of rich."""
    front, back = (color(name) for name in (char.fg, char.bg))
    return Style(color=front, bgcolor=back, bold=char.bold, reverse=char.reverse)


def color(name: str) -> str | None:
    """A color of pyte in the terms of rich; None is the terminal's own."""
    if name == "default":
        return None
    if re.fullmatch("[0-9a-f]{6}", name):
        return f"#{name}"
    return name.replace("bright", "bright_").replace("brown", "yellow")


def report(page: Path, environment: dict[str, str]) -> int:
    """Draw the upper part of the page that `report` writes."""
    subprocess.run(
        [ROOT / "bin" / "report", *AT, "--out", page],
        env=environment,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        names = ", ".join(BROWSERS)
        print(f"pictures.py: the report is not drawn: none of {names} is on PATH", file=sys.stderr)
        return 1
    for scheme, number in SCHEMES.items():
        shot = page.with_suffix(".png")
        command = [browser, "--headless=new", "--hide-scrollbars", f"--screenshot={shot}"]
        command += [f"--window-size={PAGE[0]},{PAGE[1]}", "--virtual-time-budget=8000"]
        command += [f"--blink-settings=preferredColorScheme={number}", page.as_uri()]
        if os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # it refuses to run as root otherwise
        subprocess.run(command, stderr=subprocess.DEVNULL, check=True)
        with Image.open(shot) as image:
            whole = image.convert("RGB")
        part = whole.crop((0, 0, PAGE[0], last_gap(whole)))
        few = part.quantize(COLORS, dither=Image.Dither.NONE)
        few.save(FOLDER / f"report-{scheme}.png", optimize=True)
        print(f"wrote docs/pictures/report-{scheme}.png")
    return 0


def last_gap(image: Image.Image) -> int:
    """Where the last gap ends: rows with only the page, a card and its border."""
    rows = 0
    for y in reversed(range(image.height)):
        is_empty = len(image.crop((0, y, image.width, y + 1)).getcolors(image.width)) <= 3
        rows = rows + 1 if is_empty else 0
        if rows == GAP:
            return y + GAP
    return int(image.height)


if __name__ == "__main__":
    sys.exit(main())
