"""Tests of the sentences about the state of accounts."""
