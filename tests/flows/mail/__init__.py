"""Flows that read, archive, restore and delete mail."""
