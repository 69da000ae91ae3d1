"""Tests of how mail comes into the store."""
