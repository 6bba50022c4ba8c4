"""Windows: their boundaries, snapshots, resets and history."""
