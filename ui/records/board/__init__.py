"""ui/records/board."""
