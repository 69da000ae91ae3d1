"""Tests of `models`: what the store does, without Qt, network or server."""
