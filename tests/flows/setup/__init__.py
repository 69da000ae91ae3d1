"""tests/flows/setup."""
