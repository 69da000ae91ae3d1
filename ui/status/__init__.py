"""ui/status."""
