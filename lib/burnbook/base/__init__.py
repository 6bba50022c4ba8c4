"""Tools without knowledge of burnbook: errors, files, paths, processes, text and statistics."""
