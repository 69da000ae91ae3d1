"""tests/ui/activity."""
