"""Tries of an SMTP server, and the real one that they try."""
