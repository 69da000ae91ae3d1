"""Flows that change how passwords are kept, on good days and on bad ones."""
