"""The names of the tools that requests call, without their arguments and results."""
