"""The three widgets of the live view: the tabs, what a tab shows, and the keys."""

from collections.abc import Sequence
from typing import Any

from rich.segment import Segment
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from burnbook.live.picture import Row, Span
from burnbook.live.screen.styles import Styles


def strip(row: Row, width: int, styles: Styles) -> Any:
    """A row as Textual draws it, cut and filled to a width."""
    segments = [Segment(span.text, styles.of(span)) for span in row]
    return Strip(segments).adjust_cell_length(width, styles.base)


class Bar(Widget):
    """One row at the top or at the bottom. A click on a span sends its name."""

    class Chosen(Message):
        """A click on the span `name`."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, styles: Styles, **options: Any) -> None:
        super().__init__(**options)
        self.look = styles
        self._spans: Sequence[tuple[Span, str]] = ()

    def set_spans(self, spans: Sequence[tuple[Span, str]]) -> None:
        """Show other spans; the name of a span that cannot be clicked is empty."""
        if spans != self._spans:
            self._spans = spans
            self.refresh()

    def render_line(self, y: int) -> Any:
        """The spans."""
        return strip([span for span, _ in self._spans], self.size.width, self.look)

    def on_click(self, event: Click) -> None:
        """Find the span below the mouse."""
        at = 0
        for span, name in self._spans:
            at += len(span.text)
            if event.x < at:
                if name:
                    self.post_message(self.Chosen(name))
                return


class Body(ScrollView, can_focus=True):
    """Rows that may be scrolled."""

    class Resized(Message):
        """The widget has another size."""

    def __init__(self, styles: Styles, **options: Any) -> None:
        super().__init__(**options)
        self.look = styles
        self._rows: Sequence[Row] = ()

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows; nothing is drawn if they are the same."""
        if rows != self._rows:
            self._rows = rows
            self.virtual_size = Size(self.size.width, len(rows))
            self.refresh()

    def on_resize(self) -> None:
        """Report the size, which decides what is shown."""
        self.post_message(self.Resized())

    def render_line(self, y: int) -> Any:
        """The row at a line of the screen."""
        at = y + self.scroll_offset.y
        row = self._rows[at] if at < len(self._rows) else ()
        return strip(row, self.size.width, self.look)
