"""Verifies journals of millions of rows: in two processes, and only from the last check's mark.

These modules only confirm that a journal has nothing to report. Otherwise the journal is read again
line by line, which finds the same faults wherever they are.
"""
