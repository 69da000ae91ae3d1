"""tests/models/mail."""
