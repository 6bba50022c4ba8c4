"""Books that reports follow: which hosts write them, and how fresh they are."""
