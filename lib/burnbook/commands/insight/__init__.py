"""Commands that estimate what no log states."""
