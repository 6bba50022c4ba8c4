"""Searches the folders of agents for their logs."""
