"""tests/sync/engine/fetch."""
