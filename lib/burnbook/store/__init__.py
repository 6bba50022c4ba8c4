"""The store: `cache/book.sqlite`, everything that is derived from the journals.

Deleting it costs time only. A room declares a `Projection`; the `Store` keeps its tables current.
"""
