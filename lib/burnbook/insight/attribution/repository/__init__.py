"""The history of a git repository: commits, copies of them, pull requests, the fate of lines."""
