"""sync/health."""
