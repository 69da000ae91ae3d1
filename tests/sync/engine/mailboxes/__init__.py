"""Tests of which mailboxes there are, and of their roles."""
