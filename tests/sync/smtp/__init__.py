"""tests/sync/smtp."""
