"""models/records."""
