"""The commands behind bin/: arguments in, one call, a Result out."""
