"""Flows through the real window against a real server."""
