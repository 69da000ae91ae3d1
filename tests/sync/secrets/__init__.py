"""tests/sync/secrets."""
