"""When a limit runs out, and how much will be unused, from the use at the same hours before.

`docs/statistics.md` describes the method, its assumptions, and its results on simulated accounts.
"""
