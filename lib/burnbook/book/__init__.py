"""The journals of a book: encoding rows, locking, appending and recovery."""
