"""tests/models/accounts."""
