"""Commands that show the book as a page or a screen."""
