"""When a limit runs out, and how much of it will be unused: from the use at the same hours before.

`docs/statistics.md` has the method, what it assumes, and how well it did on simulated accounts.
"""
