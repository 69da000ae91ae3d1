"""tests/sync/mime."""
