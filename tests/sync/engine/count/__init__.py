"""Counting past and deleted mail on the server."""
