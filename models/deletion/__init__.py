"""Deletion: mail goes for good, and a tombstone keeps it out. Imports `server` and all below."""
