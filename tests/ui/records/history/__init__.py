"""Tests of a record's history and its notes."""
