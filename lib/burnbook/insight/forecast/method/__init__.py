"""The method of the forecast, on numbers alone: what is usual, how far off that is, what follows."""
