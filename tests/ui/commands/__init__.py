"""Tests of actions, undo and the question before a delete."""
