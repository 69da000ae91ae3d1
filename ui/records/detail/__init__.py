"""ui/records/detail."""
