"""tests/flows/mail."""
