"""Hostile and odd HTML, and what is left of it."""
