"""Books the requests of logs: each once, in rows by day, with two processes where that helps."""
