"""burnbook: a plain-text, append-only book of what coding agents use of their windows."""

__version__ = "0.1.0"
