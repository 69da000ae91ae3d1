"""tests/models/records."""
