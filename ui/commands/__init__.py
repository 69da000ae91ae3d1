"""ui/commands."""
