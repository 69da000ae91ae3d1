"""models/server."""
