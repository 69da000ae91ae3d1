"""Tests of the garbage collector and the crash guard."""
