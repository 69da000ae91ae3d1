"""Tests of what the store knows of the server."""
