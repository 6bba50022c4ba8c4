"""Budgets: tokens used against the plan, rates, meters, stop rules, notices, checkpoints."""
