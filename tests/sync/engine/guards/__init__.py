"""tests/sync/engine/guards."""
