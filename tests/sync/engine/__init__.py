"""tests/sync/engine."""
