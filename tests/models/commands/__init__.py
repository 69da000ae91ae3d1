"""tests/models/commands."""
