"""The forecast as pure functions: the expected use, its error, and the probability from both."""
