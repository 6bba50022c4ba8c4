"""A server on loopback that speaks the APIs of models, and knows the tokens of each answer."""
