"""Commands about the installation: demo, doctor, aliases, prices, schedule and repair."""
