"""Tests of records and their links."""
