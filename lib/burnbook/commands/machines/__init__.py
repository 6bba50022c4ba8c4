"""Commands about several machines and whole books."""
