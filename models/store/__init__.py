"""models/store."""
