"""Completes command lines in bash, zsh and fish: flags, choices, and names of the book."""
