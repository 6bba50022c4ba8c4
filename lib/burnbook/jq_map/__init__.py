"""jq programs of feeds, run in a child process with limits."""
