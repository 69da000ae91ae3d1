"""Tests of the questions that lists, panels and histories ask."""
