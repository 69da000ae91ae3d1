"""ui/records/beside."""
