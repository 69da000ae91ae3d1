"""Tests of how new mail and past mail come in."""
