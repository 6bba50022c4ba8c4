"""The arguments of every script in bin/: the common flags, the window, and one-line errors."""

import argparse
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from burnbook import __version__
from burnbook.base.errors import USAGE
from burnbook.view.messages import message_lines

# argparse asks gettext for translations, which looks for files and imports locale: 2 of 50 ms. Our
# texts have none.
argparse._ = str  # type: ignore[attr-defined]
argparse.ngettext = lambda single, plural, n: single if n == 1 else plural  # type: ignore[attr-defined]

SUPPRESS = argparse.SUPPRESS
Flags = Callable[["Parser"], None]

FORMATS = ("text", "json", "markdown")
COLORS = ("auto", "always", "never")


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Prints a docstring as help: unchanged, or with its paragraphs as wide as the terminal."""

    def __init__(self, prog: str) -> None:
        from burnbook.view import terminal  # only help needs it

        self._columns = terminal.columns()
        super().__init__(prog, max_help_position=28, width=min(96, self._columns or 96))

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if self._columns is None:
            return text
        from burnbook.view import fit

        return fit.reflowed(text, self._columns)


class Parser(argparse.ArgumentParser):
    """An argparse parser whose errors are one sentence; flags and arguments may alternate."""

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parses the arguments. Exits with 2 if the window is missing where it is required."""
        # Plain argparse rejects an optional argument that follows a flag.
        parsed = self.parse_intermixed_args(args, namespace)
        if self.get_default("window_required") and parsed.window is None:
            self.error(f"no window is given; name it, such as `{self.prog} W0-CHN`")
        return parsed

    def error(self, message: str) -> NoReturn:
        """Prints the message and exits with 2."""
        sys.stderr.write(message_lines(self.prog, f"{message} (see {self.prog} --help)"))
        raise SystemExit(USAGE)


class _Window(argparse.Action):
    """Stores the window; it may be given twice, but not with two values."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        earlier = getattr(namespace, "window", None)
        if values is not None and earlier not in (None, values):
            parser.error(f"two windows are given, {earlier} and {values}; name one")
        namespace.window = earlier if values is None else values


def window_flag(
    parser: argparse.ArgumentParser,
    text: str = "the window (default: the current one)",
    *,
    required: bool = False,
) -> None:
    """Adds the window, which may be given as the last argument or as `--window`."""
    parser.add_argument("window", metavar="W", nargs="?", action=_Window, help=text)
    parser.add_argument("--window", metavar="W", action=_Window, help="the window, same as W")
    parser.set_defaults(window_required=required)


def parser(name: str, doc: str, flags: Flags) -> Parser:
    """Returns the parser of a script: its docstring, its own flags, then the common ones.

    A script with other formats sets them with `parser.set_defaults(formats=...)`.
    """
    script_parser = Parser(
        prog=name, description=doc, formatter_class=Formatter, allow_abbrev=False
    )
    flags(script_parser)
    common = script_parser.add_argument_group("common")
    common.add_argument("--data-dir", metavar="DIR", help="the book (default: data/live)")
    common.add_argument("--config-dir", metavar="DIR", help="the configuration (default: config)")
    common.add_argument("--agent", metavar="ID", help="the agent (default: AGENT_ID, or main)")
    common.add_argument("--at", metavar="TIME", help="act as of this time (ISO 8601)")
    common.add_argument(
        "--format",
        choices=script_parser.get_default("formats") or FORMATS,
        default="text",
        help="the output format (default: text)",
    )
    common.add_argument(
        "--color",
        choices=COLORS,
        default="auto",
        help="color in text (default: auto, on a terminal without NO_COLOR)",
    )
    version = f"burnbook {__version__}"
    common.add_argument(
        "--version", action="version", version=version, help="print burnbook's version and exit"
    )
    return script_parser
