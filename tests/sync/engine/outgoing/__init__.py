"""tests/sync/engine/outgoing."""
