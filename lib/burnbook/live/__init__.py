"""The live terminal view: tabs that follow the book."""
