"""Deletion: delete mail for good, and keep it out by a tombstone. Imports `server` and all below."""
