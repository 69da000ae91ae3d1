"""tests/ui/window."""
