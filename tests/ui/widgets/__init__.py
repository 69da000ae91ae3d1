"""Tests of the widgets that several panes share."""
