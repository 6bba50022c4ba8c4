"""Lines and files that a window changed between its commits, counted with git."""
