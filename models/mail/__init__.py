"""models/mail."""
