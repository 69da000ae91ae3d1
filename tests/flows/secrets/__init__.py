"""tests/flows/secrets."""
