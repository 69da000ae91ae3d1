"""models/intake."""
