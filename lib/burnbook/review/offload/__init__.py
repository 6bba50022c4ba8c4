"""What offloading saved in a window: its requests, and the points of a weekly meter."""
