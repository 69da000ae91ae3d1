"""Tests of the words for the facts of sync."""
