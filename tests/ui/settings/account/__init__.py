"""Tests of the parts of an account's page."""
