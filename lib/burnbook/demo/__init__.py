"""An invented history of many days for the demo: the same for the same number of days."""
