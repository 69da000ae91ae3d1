"""Tests of theme, icons and formats."""
