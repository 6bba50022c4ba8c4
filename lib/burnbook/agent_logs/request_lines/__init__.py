"""Lines of requests: the identity of each request, and its facts."""
