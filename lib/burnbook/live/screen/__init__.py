"""The terminal: the only modules that need Textual, a package of the extra `watch`."""
