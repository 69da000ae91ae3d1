"""Tests of the set-up wizard."""
