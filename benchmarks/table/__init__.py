"""Every job that users wait for, measured against its peers: `just bench-table`."""
