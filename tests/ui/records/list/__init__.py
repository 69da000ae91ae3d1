"""tests/ui/records/list."""
