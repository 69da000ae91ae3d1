"""tests/sync/health."""
