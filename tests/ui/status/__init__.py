"""tests/ui/status."""
