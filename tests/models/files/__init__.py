"""tests/models/files."""
