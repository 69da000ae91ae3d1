"""Flows through the set-up wizard, against servers that accept or refuse."""
