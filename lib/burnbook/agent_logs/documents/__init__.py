"""Parts of JSON documents that are read as a whole, and documents beside a log."""
