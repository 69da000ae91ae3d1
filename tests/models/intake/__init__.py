"""tests/models/intake."""
