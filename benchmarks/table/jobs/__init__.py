"""One module for each kind of job, with `prepare(bench, row) -> Job`. Listing finds them."""
