"""Experiments: arms assigned at random, and intervals that stay valid however often you look."""
