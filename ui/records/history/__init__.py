"""ui/records/history."""
