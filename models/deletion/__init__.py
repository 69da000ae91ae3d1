"""Deletion: delete mail for good; a tombstone keeps it out. Imports `server` and all below."""
