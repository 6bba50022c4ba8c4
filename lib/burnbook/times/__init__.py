"""The clock, time zones, cron expressions and wall times."""
