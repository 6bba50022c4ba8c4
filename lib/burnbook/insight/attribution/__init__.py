"""Which commits, pull requests and issues the tokens of requests became, and what lasted."""
