"""The types of the rows in every journal."""
