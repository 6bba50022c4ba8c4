"""The live view: shows one tab at a time, and reads the book again when it has changed."""

import asyncio
import signal
from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from textual.app import App
from textual.binding import Binding
from textual.theme import Theme

from burnbook.live import lines, tabs
from burnbook.live.picture import Room, Row, Shown, Span
from burnbook.live.screen import keys
from burnbook.live.screen.styles import LOOKS, Styles
from burnbook.live.screen.terminal import Signals, Terminal, is_lost
from burnbook.live.screen.widgets import Bar, Body
from burnbook.live.view import Reader, View
from burnbook.times import clock

_LOOK_EVERY = 1.0  # seconds between two looks at the book


class Watch(App[None]):
    """The application. `first` is the tab to begin with, and what it read."""

    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = "Body"
    CSS = """
    Screen { layout: vertical; overflow: hidden; }
    Bar { height: 1; }
    Body { height: 1fr; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0;
        scrollbar-background: $background; scrollbar-color: $primary 40%; }
    """
    BINDINGS: ClassVar = [
        Binding("q", "quit", "quit"),
        Binding("ctrl+c", "interrupt", "quit", priority=True),
        Binding("tab,right", "step(1)", "next tab", priority=True),
        Binding("shift+tab,left", "step(-1)", "previous tab", priority=True),
        Binding("question_mark", "keys", "keys"),
        Binding("escape", "close_keys", "close"),
        Binding("t", "look", "theme"),
        Binding("y", "copy", "copy"),
        *(Binding(str(n), f"tab({n})", "tab") for n in range(1, 10)),
    ]

    def __init__(
        self,
        reader: Reader,
        first: tuple[str, View],
        *,
        has_color: bool,
        has_blocks: bool,
    ) -> None:
        super().__init__(driver_class=Terminal, ansi_color=not has_color)
        self._reader = reader
        self._names = tabs.names()
        self._tab, view = first
        self._views = {self._tab: view}
        self._has_color, self._has_blocks = has_color, has_blocks
        self._shows_keys, self._is_reading, self._note = False, False, ""
        self._looks = LOOKS if has_color else (None,)
        self._styles = Styles(self._looks[0])
        self._loop: asyncio.AbstractEventLoop | None = None
        self.signals = Signals(self._stop)
        self.is_interrupted = False
        self.failure: BaseException | None = None
        self.to_print: str | None = None
        for look in filter(None, self._looks):
            colors = {"background": look.background, "foreground": look.text}
            colors |= {
                "primary": look.accent,
                "surface": look.background,
                "panel": look.background,
            }
            self.register_theme(Theme(look.name, dark=look is LOOKS[0], **colors))
        if has_color:
            self.theme = LOOKS[0].name

    def compose(self) -> Any:
        """The tabs, what the chosen one shows, and the keys."""
        self._top, self._body, self._bottom = (
            Bar(self._styles),
            Body(self._styles),
            Bar(self._styles),
        )
        yield from (self._top, self._body, self._bottom)

    def on_mount(self) -> None:
        """Look at the book each second."""
        self._loop = asyncio.get_running_loop()
        self.set_interval(_LOOK_EVERY, self._look)
        if self.signals.number is not None:
            self.exit()

    def on_body_resized(self) -> None:
        """Lay everything out again."""
        self._draw()

    def on_bar_chosen(self, message: Bar.Chosen) -> None:
        """A click on a tab or a key."""
        if message.name in self._names:
            self._choose(message.name)
        else:
            self.run_worker(self.run_action(message.name))

    def action_tab(self, number: int) -> None:
        """Show the tab with a number."""
        if number <= len(self._names):
            self._choose(self._names[number - 1])

    def action_step(self, step: int) -> None:
        """Show the next tab, or the one before."""
        at = self._names.index(self._tab) + step
        self._choose(self._names[at % len(self._names)])

    def action_keys(self) -> None:
        """Show the keys, or the tab again."""
        self._shows_keys = not self._shows_keys
        self._body.scroll_home(animate=False)
        self._draw()

    def action_close_keys(self) -> None:
        """Show the tab again."""
        self._shows_keys = False
        self._draw()

    def action_look(self) -> None:
        """The next theme."""
        at = self._looks.index(self._styles.look) + 1
        look = self._looks[at % len(self._looks)]
        if look is not None:
            self._styles = Styles(look)
            for widget in (self._top, self._body, self._bottom):
                widget.look = self._styles
            self.theme = look.name
            self.refresh(layout=True)

    def action_copy(self) -> None:
        """Copy the tab as markdown; where the terminal cannot, print it at the end."""
        view = self._views[self._tab]
        title = f"{tabs.load(self._tab).TITLE}, {clock.iso(view.scene.now)}"
        text = lines.markdown(title, self._shown(view))
        if keys.can_copy():
            self.copy_to_clipboard(text)
            self._note = "copied as markdown"
        else:
            self.to_print = text
            self._note = "this terminal cannot copy; watch prints the text at its end"
        self._draw()

    def action_interrupt(self) -> None:
        """Ctrl-C."""
        self.is_interrupted = True
        self.exit()

    def _handle_exception(self, error: Exception) -> None:
        """Keep an error for the command, which reports it in one sentence."""
        self.failure = self.failure or error
        self._return_code = 1
        self._close_messages_no_wait()

    def _stop(self) -> None:
        """End the view, from a signal; `on_mount` does if it has not begun."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.exit)

    def _choose(self, name: str) -> None:
        self._tab, self._shows_keys, self._note = name, False, ""
        self._body.scroll_home(animate=False)
        self._draw()
        self._look()

    def _look(self) -> None:
        """Read the tab again if the book or the minute is another one."""
        if is_lost():
            self.signals.end(signal.SIGHUP)
            return
        view = self._views.get(self._tab)
        if self._is_reading or (view is not None and not view.is_due()):
            return
        if view is None or view.version != self._reader.version():
            self._is_reading = True
            self.run_worker(self._load(self._tab))

    async def _load(self, name: str) -> None:
        try:
            self._views[name] = await asyncio.to_thread(partial(self._reader.read, name))
        except Exception as error:
            self._note = keys.sentence(error)
        finally:
            self._is_reading = False
        self._draw()
        if name != self._tab:
            self._look()

    def _draw(self) -> None:
        """Lay out the tab. Widgets draw only what changed."""
        if not self.is_running or not self._body.size.width:
            return
        view = self._views.get(self._tab)
        self._top.set_spans(self._tab_spans())
        self._bottom.set_spans(self._key_spans(view))
        rows: Sequence[Row] = [[Span("reading the book", "dim")]]
        if self._shows_keys:
            rows = keys.rows(self._body.size.width - 1)
        elif view is not None:
            rows = lines.rows(self._shown(view), self._room.columns)
        self._body.set_rows(rows)

    @property
    def _room(self) -> Room:
        size = self._body.container_size
        return Room(size.width - 1, size.height, self._has_color, self._has_blocks)

    def _shown(self, view: View) -> Shown:
        shown: Shown = tabs.load(self._tab).show(view.values, view.scene, self._room)
        return shown

    def _tab_spans(self) -> list[tuple[Span, str]]:
        spans = []
        for number, name in enumerate(self._names, 1):
            style = "chosen" if name == self._tab else "dim"
            spans.append((Span(f" {number} {tabs.load(name).TITLE} ", style), name))
        return spans

    def _key_spans(self, view: View | None) -> list[tuple[Span, str]]:
        spans = [(Span(f" {text} ", "dim"), action) for text, action in keys.SHOWN]
        note = self._note or "; ".join(view.notes if view else ())
        left = self._bottom.size.width - sum(len(span.text) for span, _ in spans)
        if view is not None and not note:
            at = clock.to_wall(view.scene.now, view.scene.zone)
            note = f"{view.scene.window}  {at:%H:%M}"
            note = note if len(note) < left else f"{at:%H:%M}"
        if self._note and left < len(note) + 1:
            spans, left = [], self._bottom.size.width
        return [
            *spans,
            (Span(f"{note[: left - 1]:>{left - 1}} ", "warn" if self._note else "dim"), ""),
        ]
