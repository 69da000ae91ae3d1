"""tests/models/store."""
