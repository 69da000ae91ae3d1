"""Tests of an account's page in the preferences."""
