"""sync/engine."""
