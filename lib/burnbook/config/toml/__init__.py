"""Key paths in TOML files, and what a key may have instead of a wrong value."""
