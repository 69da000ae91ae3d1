"""Tests of the look at the SMTP server."""
