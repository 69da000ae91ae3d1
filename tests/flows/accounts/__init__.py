"""tests/flows/accounts."""
