"""tests/flows/records."""
