"""sync/engine/outgoing."""
