"""The report as a live page on this machine: read-only, by a small web server."""
