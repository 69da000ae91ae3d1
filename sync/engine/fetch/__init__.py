"""sync/engine/fetch."""
