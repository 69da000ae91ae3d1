"""Tests of the threads: workers, probes, readers and the command thread."""
