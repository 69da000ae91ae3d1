"""Tests of accounts and their secrets."""
