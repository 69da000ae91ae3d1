"""tests/ui/records/history."""
