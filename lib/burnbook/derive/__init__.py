"""Rows in, values out. Pure: nothing here opens a file, reads a clock or prints."""
