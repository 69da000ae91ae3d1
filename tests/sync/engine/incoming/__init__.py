"""tests/sync/engine/incoming."""
