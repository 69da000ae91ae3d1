"""tests/ui/style."""
