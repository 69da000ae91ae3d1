"""Tests of the report on a server's health."""
