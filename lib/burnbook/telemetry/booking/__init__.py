"""Books the rows of a feed: each request once, with other processes where that helps."""
