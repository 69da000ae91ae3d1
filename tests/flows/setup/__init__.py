"""Flows through the set-up wizard, against servers that please or refuse."""
