"""models/commands."""
