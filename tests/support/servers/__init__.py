"""Servers that tests start: real ones, scripted ones, and those that misbehave."""
