"""tests/ui/commands."""
