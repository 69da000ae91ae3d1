"""sync/engine/vanished."""
