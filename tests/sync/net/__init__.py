"""Tests of connections and certificates."""
