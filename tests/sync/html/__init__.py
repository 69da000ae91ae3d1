"""tests/sync/html."""
