"""sync/mime."""
