"""Snapshots of meters: capturing panes, building rows, and crossing a reset."""
