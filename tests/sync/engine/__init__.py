"""Tests of one account's sync, step by step, against Dovecot and a scripted server."""
