"""Lays out usage reports for people."""
