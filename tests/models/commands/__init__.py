"""Tests of the commands, as the window runs them."""
