"""tests/models/server."""
