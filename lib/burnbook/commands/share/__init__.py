"""Commands that give the book to other tools."""
