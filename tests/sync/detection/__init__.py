"""Tests of the search for servers."""
