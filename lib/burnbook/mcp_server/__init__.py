"""The book as a read-only server of the Model Context Protocol, for agents."""
