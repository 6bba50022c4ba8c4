"""Reads the JSON document beside a log: values for all requests of the log."""

import msgspec

from burnbook.agent_logs.feed_columns import NUMBER_OR_TEXT, fields_of
from burnbook.agent_logs.session_context import SessionContext
from burnbook.config.agent_logs import Beside
from burnbook.jsonl import sources
from burnbook.jsonl.fields import Shape


class BesideReader:
    """The document that a feed declares."""

    def __init__(self, declared: Beside) -> None:
        shape = Shape(lenient=True)
        self._file = declared.file
        self._fields = fields_of(shape, declared, NUMBER_OR_TEXT)
        self._type, self._get = shape.build()

    def read(self, path: str, context: SessionContext) -> None:
        """Read the document of a log, if it has one."""
        document = sources.beside(path, self._file)
        if document is None:
            return
        try:
            row = self._get(msgspec.convert(document, self._type))
        except msgspec.ValidationError:
            return
        context.apply(self._fields, row)
