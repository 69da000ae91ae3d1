"""sync/engine/incoming."""
