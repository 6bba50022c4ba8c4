"""Experiments: arms assigned at random, and intervals that hold however often one looks."""
