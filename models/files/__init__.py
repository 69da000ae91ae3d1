"""models/files."""
