"""Tests of the one door to IMAP, command by command."""
