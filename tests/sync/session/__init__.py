"""tests/sync/session."""
