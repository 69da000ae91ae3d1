"""Tests of the question before a delete."""
