"""ui/records/list."""
