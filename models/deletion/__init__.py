"""models/deletion."""
