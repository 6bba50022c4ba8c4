"""Faults made to happen: whatever breaks, no acknowledged row is lost and nothing false is said."""
