"""Requests and meter readings from the logs that agents keep: reading, matching and booking."""
