"""jq_map."""
