"""tests/models/deletion."""
