"""sync/html."""
