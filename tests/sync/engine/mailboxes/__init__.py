"""Tests of which mailboxes there are and what they are for."""
