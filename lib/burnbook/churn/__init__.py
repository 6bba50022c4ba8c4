"""Churn: what a window changed in git repositories."""
