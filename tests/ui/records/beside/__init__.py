"""tests/ui/records/beside."""
