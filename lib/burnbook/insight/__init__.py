"""Estimates from the book: rates of meters, forecasts, attribution, experiments, spending."""
