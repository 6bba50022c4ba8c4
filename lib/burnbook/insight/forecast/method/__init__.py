"""The method of the forecast, on numbers: what is usual, how far off that is, what follows."""
