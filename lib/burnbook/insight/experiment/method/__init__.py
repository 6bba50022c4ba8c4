"""The method of experiments: scales, the random sequence, the sample size, valid intervals."""
