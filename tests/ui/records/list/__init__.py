"""Tests of the records' list and its columns."""
