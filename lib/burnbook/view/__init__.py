"""Parts of a result, rendered as text, JSON or markdown."""
