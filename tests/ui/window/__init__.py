"""Tests of the main window, its menus and its keys."""
