"""tests/sync/engine/count."""
