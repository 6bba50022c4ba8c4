"""Jobs of config/schedules.toml for cron, systemd and launchd."""
