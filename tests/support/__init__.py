"""Servers and builders for the tests."""
