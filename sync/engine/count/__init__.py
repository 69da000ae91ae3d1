"""sync/engine/count."""
