"""Budgets of windows, days, weeks and months: what counts, how much of it is used, and the rest."""
